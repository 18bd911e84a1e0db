//! Both arms of every comparison by criterion, and the figures, measured in turns.

use criterion::{Criterion, criterion_group, criterion_main};
use donsim::bench::{Arms, COMPARISONS};

fn arms(criterion: &mut Criterion) {
    for comparison in COMPARISONS.into_iter().flatten() {
        let Arms { mut ours, mut reference } = comparison.ready();
        let mut group = criterion.benchmark_group(comparison.name);
        group.bench_function("ours", |bencher| bencher.iter(&mut ours));
        group.bench_function("reference", |bencher| bencher.iter(&mut reference));
        group.finish();
        let measured = comparison.measure(201);
        println!("{}: figure {:.3}, aim {}", comparison.name, measured.figure, comparison.aim);
    }
}

criterion_group!(benches, arms);
criterion_main!(benches);
