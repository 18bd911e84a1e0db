//! Texts beside data: where one covers nothing.

use super::scene::{Point, Rect, Shape, TEXT};

/// Place beside a point, at this distance, where a text of this width covers nothing that is `taken`.
pub(super) fn free(at: Point, (width, away): (f64, f64), plot: Rect, taken: &[Rect]) -> Option<(Point, Rect)> {
    let (right, left, center) = (at.0 + away, at.0 - away - width, at.0 - width / 2.0);
    let (middle, above, below) = (at.1 + 6.5, at.1 - away - 4.0, at.1 + away + 14.0);
    let places = [
        (right, middle),
        (left, middle),
        (center, above),
        (center, below),
        (right, above),
        (right, below),
        (left, above),
        (left, below),
    ];
    let area = |(x, y): Point| Rect { left: x, right: x + width, top: y - TEXT * 0.75, bottom: y + TEXT * 0.2 };
    let inside = |a: &Rect| a.left > plot.left && a.right < plot.right && a.top > plot.top && a.bottom < plot.bottom;
    let clear =
        |a: &Rect| taken.iter().all(|b| a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top);
    places.into_iter().map(|place| (place, area(place))).find(|(_, area)| inside(area) && clear(area))
}

/// A square around a point.
pub(super) fn around(at: Point, radius: f64) -> Rect {
    Rect { left: at.0 - radius, right: at.0 + radius, top: at.1 - radius, bottom: at.1 + radius }
}

/// The room that a text takes; `None` for other shapes.
pub(super) fn text_box(shape: &Shape) -> Option<Rect> {
    if let Shape::Text { at, text } = shape { Some(text.room(*at)) } else { None }
}

#[cfg(test)]
#[path = "tests/beside.rs"]
mod tests;
