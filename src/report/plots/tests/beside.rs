//! Texts beside data.

use super::*;

const PLOT: Rect = Rect { left: 0.0, top: 0.0, right: 200.0, bottom: 100.0 };

#[test]
fn texts_go_where_nothing_is() {
    let at = (100.0, 50.0);
    let ((left, _), right) = free(at, (40.0, 10.0), PLOT, &[]).unwrap();
    assert_eq!(left, 110.0);
    // What is taken at the right sends it to the left, and nowhere is no place.
    let ((left, _), _) = free(at, (40.0, 10.0), PLOT, &[right]).unwrap();
    assert_eq!(left, 50.0);
    assert_eq!(free(at, (40.0, 10.0), PLOT, &[PLOT]), None);
    assert_eq!(free(at, (400.0, 10.0), PLOT, &[]), None);
}
