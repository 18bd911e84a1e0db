//! The engine against the bare minimum: the event queue against std's heap, a keyed draw against the next number of a
//! generator, and the allocations of a queue at work. Every ratio is measured in turns and printed; criterion has the
//! absolute times.

#![allow(clippy::disallowed_methods, reason = "a bench looks at the clock")]

#[path = "common/ratio.rs"]
mod ratio;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use donsim::engine::{DrawKey, Draws, EventQueue, TieKey, Time};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ratio::in_turns;

/// Events in the queue while one is popped and one pushed.
const SIZES: [usize; 3] = [100, 10_000, 1_000_000];
/// Steps of a hold model that are timed together, and numbers that are drawn together.
const STEPS: usize = 100_000;

/// Delays and tie keys, drawn beforehand and the same for both arms.
struct Weather {
    numbers: Vec<(u64, u64)>,
    at: usize,
}

impl Weather {
    fn new() -> Self {
        let mut numbers = ChaCha8Rng::seed_from_u64(1);
        let mut next = || (numbers.next_u64() >> 34, numbers.next_u64());
        Self { numbers: (0..1 << 16).map(|_| next()).collect(), at: 0 }
    }

    fn next(&mut self) -> (u64, u64) {
        self.at = (self.at + 1) % self.numbers.len();
        self.numbers[self.at]
    }
}

/// donsim's queue, with an event as large as a world's.
struct Ours {
    queue: EventQueue<[u64; 5]>,
    weather: Weather,
}

impl Ours {
    fn new(size: usize) -> Self {
        let mut weather = Weather::new();
        let mut queue = EventQueue::new();
        for at in 0..size {
            let (delay, tie) = weather.next();
            queue.push(Time::from_nanos(delay), TieKey(tie), [at as u64; 5]);
        }
        Self { queue, weather }
    }

    fn step(&mut self) {
        let Some((now, event)) = self.queue.pop() else { return };
        let (delay, tie) = self.weather.next();
        self.queue.push(Time::from_nanos(now.as_nanos() + delay), TieKey(tie), black_box(event));
    }
}

/// std's heap in a bare loop: the order and a number, no event.
struct Bare {
    heap: BinaryHeap<Reverse<(u64, u64, u32)>>,
    weather: Weather,
}

impl Bare {
    fn new(size: usize) -> Self {
        let mut weather = Weather::new();
        let entry = |at| {
            let (delay, tie) = weather.next();
            Reverse((delay, tie, at as u32))
        };
        Self { heap: (0..size).map(entry).collect(), weather }
    }

    fn step(&mut self) {
        let Some(Reverse((now, _, event))) = self.heap.pop() else { return };
        let (delay, tie) = self.weather.next();
        self.heap.push(Reverse((now + delay, tie, black_box(event))));
    }
}

fn hold(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hold");
    for size in SIZES {
        let (mut ours, mut bare) = (Ours::new(size), Bare::new(size));
        group.bench_function(BenchmarkId::new("queue", size), |bencher| bencher.iter(|| ours.step()));
        group.bench_function(BenchmarkId::new("bare heap", size), |bencher| bencher.iter(|| bare.step()));
        let [queue, heap] = in_turns(|| (0..STEPS).for_each(|_| ours.step()), || (0..STEPS).for_each(|_| bare.step()));
        let speed = heap.as_secs_f64() / queue.as_secs_f64();
        println!("hold model, {size} events waiting: {speed:.2} of the speed of std's heap (0.9 wanted)");
    }
    group.finish();
}

fn draws(criterion: &mut Criterion) {
    let draws = Draws::new(1, 2);
    let keyed = |at: u32| draws.draw(DrawKey { site: 11, parts: [0, 1, at, 0, 0] }).bits();
    let mut numbers = ChaCha8Rng::seed_from_u64(1);
    let mut at = 0;
    criterion.bench_function("draw/keyed", |bencher| {
        bencher.iter(|| {
            at += 1;
            keyed(at)
        });
    });
    criterion.bench_function("draw/sequential", |bencher| bencher.iter(|| numbers.next_u64()));
    let keyed = || (0..STEPS as u32).for_each(|at| _ = black_box(keyed(at)));
    let sequential = || (0..STEPS).for_each(|_| _ = black_box(numbers.next_u64()));
    let [keyed, sequential] = in_turns(keyed, sequential);
    let times = keyed.as_secs_f64() / sequential.as_secs_f64();
    println!("keyed draw: {times:.1} times a sequential one (3 wanted; a block of the cipher makes 8 numbers)");
}

fn allocations(_: &mut Criterion) {
    let mut ours = Ours::new(10_000);
    (0..STEPS).for_each(|_| ours.step());
    let counted = allocation_counter::measure(|| (0..STEPS).for_each(|_| ours.step()));
    println!("allocations of {STEPS} events after warm-up: {} (0 wanted)", counted.count_total);
}

criterion_group!(benches, hold, draws, allocations);
criterion_main!(benches);
