//! Where names go that would cover each other.

use super::*;

#[test]
fn labels_keep_their_place_when_they_can() {
    assert_eq!(spread(&[10.0, 100.0], &[20.0, 20.0], 0.0, 200.0), [10.0, 100.0]);
}

#[test]
fn colliding_labels_share_the_move() {
    assert_eq!(spread(&[50.0, 50.0], &[20.0, 20.0], 0.0, 200.0), [40.0, 60.0]);
}

#[test]
fn labels_stay_inside_and_apart() {
    let wanted = [190.0, 195.0, 0.0, 2.0, 100.0, 101.0];
    let tops = spread(&wanted, &[24.0; 6], 0.0, 200.0);
    let mut sorted = tops.clone();
    sorted.sort_by(f64::total_cmp);
    assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 24.0 - 1e-9), "{tops:?}");
    assert!(sorted[0] >= 0.0 && sorted[5] <= 176.0 + 1e-9, "{tops:?}");
    assert!(tops[2] < tops[3] && tops[0] < tops[1]);
}
