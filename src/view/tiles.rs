//! Where the cells of the dense field stand: rows of equal squares, group under group. Whole pixels only.

/// The smallest and the largest cell, in pixels; beyond it the field turns into cards.
pub const SIZE_MIN: u32 = 6;
pub const SIZE_MAX: u32 = 72;

/// Room above a group for its title.
const TITLE: u32 = 24;

const MARGIN: u32 = 12;

/// The nodes of one group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block {
    pub first: usize,
    pub count: usize,
    /// The top of its first row.
    pub top: u32,
}

/// The places of all cells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tiles {
    pub size: u32,
    pub gap: u32,
    pub columns: usize,
    pub blocks: Vec<Block>,
    pub height: u32,
    pub titled: bool,
}

impl Tiles {
    /// Cells of a size in a field of a width; `groups` are the numbers of nodes.
    pub fn new(size: u32, width: u32, groups: &[usize], titled: bool) -> Self {
        let size = size.clamp(SIZE_MIN, SIZE_MAX);
        let gap = (size / 6).clamp(1, 6);
        let inner = width.saturating_sub(2 * MARGIN) + gap;
        let columns = ((inner / (size + gap)) as usize).max(1);
        let mut top = MARGIN;
        let mut first = 0;
        let mut blocks = Vec::with_capacity(groups.len());
        for count in groups {
            if titled {
                top += TITLE;
            }
            let count = *count;
            blocks.push(Block { first, count, top });
            let rows = u32::try_from(count.div_ceil(columns)).unwrap_or(u32::MAX);
            top += rows.saturating_mul(size + gap) + if titled { gap * 2 } else { 0 };
            first += count;
        }
        Self {
            size,
            gap,
            columns,
            blocks,
            height: top + MARGIN,
            titled,
        }
    }

    /// The largest cells with which all groups fit into the height; the smallest there are when none do.
    pub fn fit(width: u32, height: u32, groups: &[usize], titled: bool) -> Self {
        let (mut low, mut high) = (SIZE_MIN, SIZE_MAX);
        while low < high {
            let size = (low + high).div_ceil(2);
            if Self::new(size, width, groups, titled).height <= height {
                low = size;
            } else {
                high = size - 1;
            }
        }
        Self::new(low, width, groups, titled)
    }

    /// The left upper corner of a cell.
    pub fn place(&self, n: usize) -> Option<(u32, u32)> {
        let block = self.blocks.partition_point(|block| block.first <= n);
        let block = self.blocks.get(block.checked_sub(1)?)?;
        let i = n - block.first;
        if i >= block.count {
            return None;
        }
        let pitch = self.size + self.gap;
        let at = |i: usize| u32::try_from(i).unwrap_or(u32::MAX).saturating_mul(pitch);
        Some((
            MARGIN + at(i % self.columns),
            block.top.saturating_add(at(i / self.columns)),
        ))
    }

    /// The cell at a point; the gaps belong to the cell before them.
    pub fn hit(&self, x: u32, y: u32) -> Option<usize> {
        let block = self.blocks.partition_point(|block| block.top <= y);
        let block = self.blocks.get(block.checked_sub(1)?)?;
        let pitch = self.size + self.gap;
        let column = (x.checked_sub(MARGIN)? / pitch) as usize;
        let row = ((y - block.top) / pitch) as usize;
        let i = row * self.columns + column;
        (column < self.columns && i < block.count).then_some(block.first + i)
    }

    /// The cells that a stripe of the field shows, about.
    pub fn between(&self, top: u32, bottom: u32) -> Vec<std::ops::Range<usize>> {
        let pitch = self.size + self.gap;
        let rows = |block: &Block| {
            let from = (top.saturating_sub(block.top) / pitch) as usize * self.columns;
            let to = (bottom.saturating_sub(block.top) / pitch + 1) as usize * self.columns;
            let seen = bottom >= block.top;
            let (from, to) = (from.min(block.count), to.min(block.count));
            (seen && from < to).then(|| block.first + from..block.first + to)
        };
        self.blocks.iter().filter_map(rows).collect()
    }

    /// The cell that a key leads to from a cell, of `all`.
    pub fn step(&self, from: usize, key: &str, all: usize) -> Option<usize> {
        let last = all.checked_sub(1)?;
        let to = match key {
            "ArrowRight" => from + 1,
            "ArrowLeft" => from.saturating_sub(1),
            "ArrowDown" => from + self.columns,
            "ArrowUp" if from >= self.columns => from - self.columns,
            "ArrowUp" => from,
            "PageDown" => from + self.columns * 10,
            "PageUp" => from.saturating_sub(self.columns * 10),
            "Home" => 0,
            "End" => last,
            _ => return None,
        };
        Some(to.min(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_hit_where_it_stands() {
        for (size, titled) in [(6, false), (17, true), (72, true)] {
            let groups = [7, 0, 130, 1];
            let tiles = Tiles::new(size, 400, &groups, titled);
            for n in 0..138 {
                let (x, y) = tiles.place(n).expect("a place");
                assert!(x + tiles.size <= 400 && y + tiles.size <= tiles.height);
                assert_eq!(tiles.hit(x, y), Some(n), "size {size}");
                assert_eq!(tiles.hit(x + tiles.size - 1, y + tiles.size - 1), Some(n));
                assert!(tiles.between(y, y).iter().any(|range| range.contains(&n)));
            }
            assert_eq!(tiles.place(138), None);
            assert_eq!(tiles.hit(0, 0), None);
        }
    }

    #[test]
    fn five_thousand_cells_fit_on_a_screen() {
        let tiles = Tiles::fit(700, 500, &[5000], false);
        assert!(tiles.height <= 500 && tiles.size >= 6, "{tiles:?}");
        let larger = Tiles::new(tiles.size + 1, 700, &[5000], false);
        assert!(larger.height > 500);
        assert_eq!(Tiles::fit(300, 200, &[20_000], false).size, SIZE_MIN);
    }

    #[test]
    fn keys_move_and_stay_inside() {
        let tiles = Tiles::new(72, 400, &[10], false);
        let rows = [
            (0, "ArrowLeft", 0),
            (0, "ArrowRight", 1),
            (1, "ArrowDown", 1 + tiles.columns),
            (1, "ArrowUp", 1),
            (9, "ArrowRight", 9),
            (3, "End", 9),
            (3, "Home", 0),
        ];
        for (from, key, to) in rows {
            assert_eq!(tiles.step(from, key, 10), Some(to), "{key}");
        }
        assert_eq!(tiles.step(0, "x", 10), None);
    }
}
