//! The grid as a picture: SVG text that stands alone.

use super::field::{Cell, Dot, Look};
use super::pod::PodState;
use super::tiles::{SIZE_MAX, Tiles};
use crate::k8s::Str;

/// The width of a picture, in pixels.
const WIDTH: u32 = 1200;

/// Up to this many nodes each cell has its name.
const NAMED_MAX: usize = 300;

/// What the picture is drawn with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Palette {
    pub back: String,
    pub panel: String,
    pub ink: String,
    pub line: String,
    pub warn: String,
    pub bad: String,
    pub on_revision: String,
    /// By hue: none, then six.
    pub revisions: Vec<String>,
}

/// Draws groups of nodes under a title.
pub fn svg(title: &str, groups: &[(Str, Vec<Cell>)], palette: &Palette) -> String {
    let counts: Vec<usize> = groups.iter().map(|(_, cells)| cells.len()).collect();
    let all: usize = counts.iter().sum();
    let titled = groups.len() > 1;
    let tiles = if all <= NAMED_MAX {
        Tiles::new(SIZE_MAX, WIDTH, &counts, titled)
    } else {
        Tiles::fit(WIDTH, 900, &counts, titled)
    };
    let height = tiles.height + HEAD;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"monospace\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"{}\"/>\n",
        attribute(&palette.back)
    );
    out += &label(14, 26, 15, "start", &palette.ink, title);
    let mut n = 0;
    for ((name, cells), block) in groups.iter().zip(&tiles.blocks) {
        if titled {
            let words = format!("{name} · {}", cells.len());
            out += &label(14, block.top + HEAD - 8, 12, "start", &palette.ink, &words);
        }
        for cell in cells {
            if let Some((x, y)) = tiles.place(n) {
                out += &self::cell(cell, x, y + HEAD, tiles.size, all <= NAMED_MAX, palette);
            }
            n += 1;
        }
    }
    out += "</svg>\n";
    out
}

/// Room for the title.
const HEAD: u32 = 32;

fn cell(cell: &Cell, x: u32, y: u32, size: u32, named: bool, palette: &Palette) -> String {
    let look = &cell.look;
    let stroke = if look.ready {
        &palette.line
    } else {
        &palette.bad
    };
    let dash = if look.mark.is_none() || look.tainted {
        " stroke-dasharray=\"4 3\""
    } else {
        ""
    };
    let mut out = format!(
        "<g><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{size}\" height=\"{size}\" \
         rx=\"{}\" fill=\"{}\" stroke=\"{}\"{dash}/>",
        text(&cell.name),
        size / 12,
        attribute(&palette.panel),
        attribute(stroke)
    );
    if !look.ready {
        out += &hatching(x, y, size, &palette.bad);
    }
    if look.cordoned {
        let bar = (size / 10).max(1);
        let warn = attribute(&palette.warn);
        out += &format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{size}\" height=\"{bar}\" fill=\"{warn}\"/>"
        );
    }
    out += &pods(look, x, y, size, named, palette);
    if named {
        let name: String = cell.name.chars().take(11).collect();
        let y = y + size - 4;
        out += &label(x + size / 2, y, 10, "middle", &palette.ink, &name);
    }
    out + "</g>\n"
}

fn pods(look: &Look, x: u32, y: u32, size: u32, named: bool, palette: &Palette) -> String {
    let middle = (
        x + size / 2,
        y + size / 2 - if named { size / 12 } else { 0 },
    );
    let first = look
        .mark
        .map(|dot| shape(dot, middle, (size / 3).max(2), palette));
    let corner = (
        x + size * 4 / 5,
        y + size * 4 / 5 - if named { size / 6 } else { 0 },
    );
    let second = look
        .second
        .map(|dot| shape(dot, corner, (size / 7).max(1), palette));
    first.unwrap_or_default() + &second.unwrap_or_default()
}

fn hatching(x: u32, y: u32, size: u32, color: &str) -> String {
    let step = (size / 4).max(3);
    let mut path = String::new();
    for at in (step..size * 2).step_by(step as usize) {
        let (x1, y1) = (x + at.min(size), y + at.saturating_sub(size));
        let (x2, y2) = (x + at.saturating_sub(size), y + at.min(size));
        path += &format!("M{x1} {y1}L{x2} {y2}");
    }
    format!(
        "<path d=\"{path}\" stroke=\"{}\" opacity=\".5\"/>",
        attribute(color)
    )
}

/// A pod: its shape is its state, its hue its revision.
fn shape(dot: Dot, (x, y): (u32, u32), r: u32, palette: &Palette) -> String {
    let hue = usize::try_from(dot.revision - 1).map_or(0, |n| n % 6 + 1);
    let own = palette.revisions.get(hue).map_or("", String::as_str);
    let color = attribute(if dot.troubled { &palette.bad } else { own });
    let ring = |dash: &str| {
        format!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"{dash}/>"
        )
    };
    let (left, top, side) = (x.saturating_sub(r), y.saturating_sub(r), 2 * r);
    let square = |paint: &str| {
        format!(
            "<rect x=\"{left}\" y=\"{top}\" width=\"{side}\" height=\"{side}\" rx=\"1\" {paint}/>"
        )
    };
    let (shape, solid) = match dot.state {
        PodState::Available => (square(&format!("fill=\"{color}\"")), true),
        PodState::Ready => (
            format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"{color}\"/>"),
            true,
        ),
        PodState::Running => (ring(""), false),
        PodState::Creating => {
            let half = format!(
                "<path d=\"M{x} {top}a{r} {r} 0 0 0 0 {side}z\" fill=\"{color}\" opacity=\".5\"/>"
            );
            (ring("") + &half, false)
        }
        PodState::Pending => (ring(" stroke-dasharray=\"2 2\""), false),
        PodState::Terminating => {
            let dashed = "fill=\"none\" stroke-width=\"2\" stroke-dasharray=\"5 3\"";
            (square(&format!("{dashed} stroke=\"{color}\"")), false)
        }
        PodState::CrashLoop => {
            let (right, low) = (x + r, y + r);
            (
                format!("<path d=\"M{x} {top}L{right} {low}L{left} {low}z\" fill=\"{color}\"/>"),
                true,
            )
        }
        PodState::Failed => {
            let (right, low) = (x + r, y + r);
            let cross = format!("M{left} {top}L{right} {low}M{right} {top}L{left} {low}");
            (
                format!("<path d=\"{cross}\" stroke=\"{color}\" stroke-width=\"3\"/>"),
                false,
            )
        }
        PodState::Succeeded => (
            square(&format!(
                "fill=\"none\" stroke-width=\"2\" stroke=\"{color}\""
            )),
            false,
        ),
    };
    if r < 12 || dot.state == PodState::Failed {
        return shape;
    }
    let words = format!("{}{}", dot.revision, dot.state.tick());
    let ink = if solid {
        &palette.on_revision
    } else {
        &palette.ink
    };
    shape + &label(x, y + 5, 13, "middle", ink, &words)
}

fn label(x: u32, y: u32, size: u32, anchor: &str, color: &str, words: &str) -> String {
    format!(
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"600\" text-anchor=\"{anchor}\" fill=\"{}\">{}</text>",
        attribute(color),
        text(words)
    )
}

fn text(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn attribute(words: &str) -> String {
    text(words).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn palette() -> Palette {
        let color = |name: &str| name.to_owned();
        Palette {
            back: color("#fff"),
            panel: color("#fff"),
            ink: color("#000"),
            line: color("#ccc"),
            warn: color("#fa0"),
            bad: color("#f00"),
            on_revision: color("#fff"),
            revisions: (0..7).map(|i| format!("#00{i}")).collect(),
        }
    }

    #[test]
    fn every_node_is_in_the_picture() {
        let dot = |state| Dot {
            state,
            revision: 2,
            troubled: false,
        };
        let states = [PodState::Available, PodState::Creating, PodState::Failed];
        let cells: Vec<Cell> = (0..400)
            .map(|i| Cell {
                name: Str::new(&format!("n{i}")),
                look: Look {
                    ready: i % 7 != 0,
                    cordoned: i % 5 == 0,
                    mark: states.get(i % 4).map(|state| dot(*state)),
                    ..Look::default()
                },
            })
            .collect();
        for many in [9, 400] {
            let groups = [(Str::default(), cells[..many].to_vec())];
            let picture = svg("log <1>", &groups, &palette());
            assert_eq!(picture.matches("<title>").count(), many);
            assert!(picture.contains("log &lt;1&gt;") && picture.contains("fill=\"#002\""));
            assert_eq!(
                picture.matches("<g>").count(),
                picture.matches("</g>").count()
            );
        }
    }
}
