//! Values and their units.

use super::*;

fn quantity(key: &str, unit: &'static str, values: &[f64]) -> Quantity {
    Quantity { key: key.to_owned(), unit, values: values.to_vec() }
}

#[test]
fn values_have_units_that_suit_them() {
    let payload = |values: &[f64]| quantity("request.payload_size", "bytes", values);
    let sizes = [1024.0, 65_536.0, 1_048_576.0];
    assert_eq!(sizes.map(|size| payload(&sizes).write(size)), ["1 KiB", "64 KiB", "1 MiB"]);
    assert_eq!(sizes.map(|size| payload(&sizes).tick(size)), ["1 KiB", "64 KiB", "1 MiB"]);
    assert_eq!(payload(&sizes).title(), "Payload");
    let loss = quantity("network.loss", "", &[0.0, 0.05]);
    assert_eq!((loss.write(0.05), loss.tick(0.05)), ("5 %".to_owned(), "5".to_owned()));
    assert_eq!(loss.title(), "Lost messages [%]");
    assert!(payload(&sizes).has_own_units() && !payload(&sizes[..2]).has_own_units());
    assert!(!quantity("network.latency", "ms", &sizes).has_own_units());
    assert_eq!(payload(&[0.0, 1024.0, 524_288.0]).title(), "Payload [KiB]");
    assert_eq!(payload(&[1_048_576.0, 4_194_304.0]).title(), "Payload [MiB]");
}
