//! Pixels and their palette.

use super::*;

#[test]
fn rare_colours_become_their_nearest() {
    let pixels: Vec<Rgb> = (0..=255).flat_map(|red| [[red, 0, 0]; 2]).chain([[17, 1, 0], [200, 0, 3]]).collect();
    let (colors, indices) = palette(&pixels);
    assert_eq!(colors.len(), 256);
    assert_eq!(colors[usize::from(indices[&[17, 1, 0]])], [17, 0, 0]);
    assert_eq!(colors[usize::from(indices[&[200, 0, 3]])], [200, 0, 0]);
    assert!((0..=255).all(|red| colors[usize::from(indices[&[red, 0, 0]])] == [red, 0, 0]));
}

#[test]
fn the_file_shows_the_pixels() {
    let pixels = [[255, 255, 255], [0, 114, 178], [0, 114, 178], [34, 34, 34]];
    let bytes = encode(&pixels.concat(), 2, 2).unwrap();
    let mut decoder = png::Decoder::new(bytes.as_slice());
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut shown = vec![0; reader.output_buffer_size()];
    reader.next_frame(&mut shown).unwrap();
    assert_eq!(shown, pixels.concat());
}
