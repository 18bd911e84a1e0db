//! Lines that lie on each other: thick below, dashed above, so that each of them is seen.

use super::scene::{Point, Scene};
use super::theme::{ABOVE_DASH, Style, WHITE};
use plotters::style::RGBColor;

/// Lines whose points are this close lie on each other.
pub(super) const TOUCH: f64 = 2.5;
/// The radius of a data point.
pub(super) const MARKER: f64 = 6.0;

/// Numbers of lines that lie on a line, and on which it lies: lines drawn later lie above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layer {
    under: usize,
    over: usize,
}

impl Layer {
    /// Draws a line of `style` in `color`: thicker below, the uppermost dashed, so that each shows at both sides of those
    /// above. The dashes have a white rim, without which they vanish in the colour below when the picture is small.
    pub(super) fn line(self, scene: &mut Scene, points: &[Point], style: Style, color: RGBColor) {
        let (width, dash) = self.stroke(style.dash);
        self.draw(scene, points, color, (width, dash));
    }

    /// The same for a closed form: thin and solid where no other line is near.
    pub(super) fn exact(self, scene: &mut Scene, points: &[Point], color: RGBColor) {
        let (width, dash) = self.stroke(&[]);
        self.draw(scene, points, color, (width - 1.4, dash));
    }

    fn draw(self, scene: &mut Scene, points: &[Point], color: RGBColor, (width, dash): (f64, &[f64])) {
        if self.over > 0 && self.under == 0 {
            scene.dashed(points, width + 2.0, WHITE, dash);
        }
        scene.dashed(points, width, color, dash);
    }

    fn stroke(self, own: &'static [f64]) -> (f64, &'static [f64]) {
        let dash: &[f64] = match self {
            Self { over: 0, under: 0 } => own,
            Self { under: 0, .. } => ABOVE_DASH,
            _ => &[],
        };
        ([3.0, 8.0, 14.0, 20.0, 26.0][self.under.min(4)], dash)
    }

    /// The radius of its markers.
    pub(super) fn radius(self) -> f64 {
        MARKER + 2.5 * self.under.min(4) as f64
    }

    fn shares(self) -> bool {
        self.under + self.over > 0
    }
}

/// The order of drawing: the baseline comes last, so that its dashes lie above what equals it.
pub(super) fn upwards(styles: &[Style]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..styles.len()).collect();
    order.sort_by_key(|index| styles[*index] == Style::BASELINE);
    order
}

/// The layers of lines, given which two lie on each other.
pub(super) fn layers(styles: &[Style], touch: impl Fn(usize, usize) -> bool) -> Vec<Layer> {
    let mut layers = vec![Layer::default(); styles.len()];
    let order = upwards(styles);
    for (rank, above) in order.iter().enumerate() {
        for below in &order[..rank] {
            if touch(*below, *above) {
                layers[*below].under += 1;
                layers[*above].over += 1;
            }
        }
    }
    layers
}

/// Words about lines that lie on each other.
pub(super) fn overlap_note<'a>(lines: impl Iterator<Item = (&'a str, Layer)>) -> Option<String> {
    let names: Vec<&str> = lines.filter(|(_, layer)| layer.shares()).map(|(name, _)| name).collect();
    match names.as_slice() {
        [] => None,
        [a, b] => Some(format!("{a} and {b} mostly lie on each other: thick below, dashed above")),
        _ => Some("lines mostly lie on each other: thick below, dashed above".to_owned()),
    }
}
