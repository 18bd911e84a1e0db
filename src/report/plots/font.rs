//! The embedded fonts: how wide a text is, and how it looks in pixels.
//!
//! plotters can draw text into bitmaps itself, but drops the left side bearing of every glyph, which makes its text limp;
//! so the outlines are taken from the same font files here.

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use std::sync::OnceLock;

/// Fonts that SVG files ask for; a reader without the font gets his own sans-serif.
pub(super) const FAMILY: &str = "DejaVu Sans, sans-serif";
/// Between the parts of names and subtitles, where lines may break.
pub(super) const SEPARATOR: &str = " · ";

const NORMAL: &[u8] = include_bytes!("../fonts/DejaVuSans-subset.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/DejaVuSans-Bold-subset.ttf");

fn fonts() -> &'static [FontRef<'static>; 2] {
    static FONTS: OnceLock<[FontRef<'static>; 2]> = OnceLock::new();
    FONTS.get_or_init(|| [NORMAL, BOLD].map(|bytes| FontRef::try_from_slice(bytes).expect("the embedded font parses")))
}

fn face(bold: bool) -> &'static FontRef<'static> {
    &fonts()[usize::from(bold)]
}

/// `ab_glyph` scales a font by its line height, readers by its em.
fn scale(font: &FontRef<'_>, em: f64) -> PxScale {
    let em_height = font.height_unscaled() / font.units_per_em().unwrap_or(1.0);
    PxScale::from(em as f32 * em_height)
}

/// `text` with what the font cannot show replaced, so that SVG and PNG say the same and nothing becomes an empty box.
pub(super) fn printable(text: &str, bold: bool) -> String {
    let font = face(bold);
    let known = |c: char| font.glyph_id(c).0 != 0;
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).map(|c| if known(c) { c } else { '?' }).collect()
}

/// Width of `text` at the size of `em`.
pub(super) fn width(text: &str, em: f64, bold: bool) -> f64 {
    let font = face(bold).as_scaled(scale(face(bold), em));
    text.chars().map(|c| f64::from(font.h_advance(font.glyph_id(c)))).sum()
}

/// `text`, cut with an ellipsis where it is wider than `room`.
pub(super) fn fit(text: &str, em: f64, bold: bool, room: f64) -> String {
    if width(text, em, bold) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = width("…", em, bold);
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), em, bold);
        if used > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end_matches([' ', '·', ',']))
}

/// Joins `parts` with `glue` into lines of at most `room`; a part that is too wide by itself is cut, and so is what
/// exceeds `most` lines.
pub(super) fn wrap<'a>(
    parts: impl Iterator<Item = &'a str>,
    glue: &str,
    em: f64,
    room: f64,
    most: usize,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        let full = lines.len() == most;
        match lines.last_mut() {
            Some(line) if full || width(format!("{line}{glue}{part}").trim_end(), em, false) <= room => {
                line.push_str(glue);
                line.push_str(part);
            }
            _ => lines.push(part.to_owned()),
        }
    }
    lines.iter().map(|line| fit(line.trim_end(), em, false, room)).collect()
}

/// Calls `pixel` with the position and coverage of each pixel that `text` touches, its baseline starting at (x, y).
pub(super) fn rasterize(text: &str, em: f64, bold: bool, (x, y): (f64, f64), mut pixel: impl FnMut(i32, i32, f64)) {
    let size = scale(face(bold), em);
    let font = face(bold).as_scaled(size);
    let mut pen = x as f32;
    for c in text.chars() {
        let id = font.glyph_id(c);
        let glyph = id.with_scale_and_position(size, point(pen, y as f32));
        if let Some(outline) = font.outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, coverage| {
                pixel(corner.x as i32 + dx as i32, corner.y as i32 + dy as i32, f64::from(coverage.min(1.0)));
            });
        }
        pen += font.h_advance(id);
    }
}
