//! Colours, markers and dashes. Series colours are those of Okabe and Ito, which colour-blind readers can tell apart.

use plotters::style::RGBColor;

/// The paper.
pub(super) const WHITE: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);
/// Text.
pub(super) const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Text that steps back.
pub(super) const MUTED: RGBColor = RGBColor(0x5F, 0x5F, 0x5F);
/// Axis lines.
pub(super) const FRAME: RGBColor = RGBColor(0x8C, 0x8C, 0x8C);
/// Grid lines.
pub(super) const GRID: RGBColor = RGBColor(0xE2, 0xE2, 0xE2);
/// The baseline.
pub(super) const BASELINE: RGBColor = RGBColor(0x7F, 0x7F, 0x7F);

pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
pub(super) const VERMILLION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
pub(super) const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
pub(super) const PURPLE: RGBColor = RGBColor(0xCC, 0x79, 0xA7);
pub(super) const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
pub(super) const SKY: RGBColor = RGBColor(0x56, 0xB4, 0xE9);
pub(super) const YELLOW: RGBColor = RGBColor(0xF0, 0xE4, 0x42);
pub(super) const BLACK: RGBColor = RGBColor(0x00, 0x00, 0x00);

/// Yellow comes last: on white it is the weakest.
const CYCLE: [RGBColor; 8] = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK, YELLOW];

/// The dash of the baseline.
pub(super) const BASELINE_DASH: &[f64] = &[11.0, 7.0];
/// The dash of a line that lies on another one.
pub(super) const ABOVE_DASH: &[f64] = &[13.0, 13.0];
/// The dash of a deadline.
pub(super) const DEADLINE_DASH: &[f64] = &[3.0, 5.0];
/// Dashes by round of the colour cycle.
const ROUND_DASH: [&[f64]; 3] = [&[], &[18.0, 5.0, 4.0, 5.0], &[4.0, 5.0]];

/// The shape of a data point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
    Down,
    Pentagon,
    Bar,
}

impl Marker {
    const CYCLE: [Self; 7] =
        [Self::Circle, Self::Square, Self::Triangle, Self::Diamond, Self::Down, Self::Pentagon, Self::Bar];

    /// Corners around the origin, of about the same area each; none for a circle.
    pub(super) fn corners(self) -> &'static [(f64, f64)] {
        match self {
            Self::Circle => &[],
            Self::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Self::Triangle => &[(0.0, -1.2), (1.15, 0.8), (-1.15, 0.8)],
            Self::Diamond => &[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
            Self::Down => &[(0.0, 1.2), (-1.15, -0.8), (1.15, -0.8)],
            Self::Pentagon => &[(0.0, -1.15), (1.1, -0.35), (0.7, 0.95), (-0.7, 0.95), (-1.1, -0.35)],
            Self::Bar => &[(-0.5, -1.3), (0.5, -1.3), (0.5, 1.3), (-0.5, 1.3)],
        }
    }
}

/// Look of a series in every picture of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    pub(super) color: RGBColor,
    pub(super) marker: Marker,
    pub(super) dash: &'static [f64],
}

impl Style {
    /// The baseline.
    pub(super) const BASELINE: Self = Self { color: BASELINE, marker: Marker::Circle, dash: BASELINE_DASH };

    /// The style of the `index`th series after it. Markers have another period than colours, so that pairs do not repeat soon.
    pub(super) fn nth(index: usize) -> Self {
        Self {
            color: CYCLE[index % CYCLE.len()],
            marker: Marker::CYCLE[index % Marker::CYCLE.len()],
            dash: ROUND_DASH[index / CYCLE.len() % ROUND_DASH.len()],
        }
    }
}

/// `color` thinned with white; 1 leaves it as it is.
pub(super) fn tint(color: RGBColor, strength: f64) -> RGBColor {
    let mix = |channel: u8| (255.0 - (255.0 - f64::from(channel)) * strength) as u8;
    RGBColor(mix(color.0), mix(color.1), mix(color.2))
}
