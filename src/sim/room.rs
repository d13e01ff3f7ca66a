//! Room in the memory of WebAssembly.
//!
//! The allocator asks the browser for a page of 64 KiB whenever it has none left. Each time the browser makes a new
//! view of the whole memory and thinks of collecting garbage: in a large cluster that was two fifths of all time. So
//! whenever the memory has grown, it is made larger by half at once; what is not used yet costs nothing.

/// Bytes by which the memory grows at least and at most.
#[cfg(target_arch = "wasm32")]
const STEP: std::ops::RangeInclusive<usize> = 16 << 20..=256 << 20;

/// Makes room in good time; called now and then while a cluster runs.
#[cfg(target_arch = "wasm32")]
pub fn keep() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    /// Pages that there were after the last time.
    static KNOWN: AtomicUsize = AtomicUsize::new(0);
    let pages = core::arch::wasm32::memory_size::<0>();
    if pages <= KNOWN.load(Ordering::Relaxed) {
        return;
    }
    let bytes = (pages << 15).clamp(*STEP.start(), *STEP.end());
    // The allocator keeps what is given back to it. Without room it goes on page by page.
    let mut room = Vec::<u8>::new();
    let made = room.try_reserve_exact(bytes);
    std::hint::black_box((&room, made.is_ok()));
    drop(room);
    KNOWN.store(core::arch::wasm32::memory_size::<0>(), Ordering::Relaxed);
}

/// Makes room in good time: the system does, outside of WebAssembly.
#[cfg(not(target_arch = "wasm32"))]
pub fn keep() {}
