//! Takes finished work in the order of the plan, so that nothing depends on the threads that did it.

use std::io;

use crate::scenario::Scenario;

use super::accumulator::{CellAccumulator, CellTotals};
use super::agreement::Agreement;
use super::blocks::Plan;
use super::consumer::Consumer;
use super::differences::Differences;
use super::findings::Findings;
use super::judge::Judge;
use super::mishaps::{Breaches, PanickedReplicate};
use super::observer::{Block, Observer};
use super::progress::Progress;
use super::reading::Simulated;
use super::record::{OpenUnit, Record};
use super::stopper::{Looks, Stopper};
use super::summary::{CellSummary, RunSummary, unify};
use super::witness::WitnessFinder;
use super::worker::{CellResults, Finished};

/// Takes finished work in order, and hands it to all that listen.
pub(super) struct Collector<'a> {
    scenario: &'a Scenario,
    observer: &'a mut dyn Observer,
    plan: Plan,
    stopper: Option<Stopper<'a>>,
    looks: &'a Looks,
    record: Option<&'a dyn Record>,
    /// The group of cells that is under way.
    open: Vec<(CellAccumulator, OpenUnit)>,
    consumers: Consumers<'a>,
    /// The piece of work that it takes next.
    pub next: u64,
    done: u64,
    total: u64,
}

/// Each makes one part of the findings.
struct Consumers<'a> {
    panicked: Vec<PanickedReplicate>,
    breaches: Vec<Breaches>,
    witnesses: WitnessFinder<'a>,
    cells: Vec<CellSummary>,
    agreement: Agreement,
    differences: Differences,
    judge: Judge<'a>,
}

impl<'a> Consumers<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        Self {
            panicked: Vec::new(),
            breaches: Vec::new(),
            witnesses: WitnessFinder::new(scenario),
            cells: Vec::new(),
            agreement: Agreement::default(),
            differences: Differences::new(scenario),
            judge: Judge::new(scenario),
        }
    }

    fn all(&mut self) -> [&mut dyn Consumer; 7] {
        let Self { panicked, breaches, witnesses, cells, agreement, differences, judge } = self;
        [panicked, breaches, witnesses, cells, agreement, differences, judge]
    }
}

impl<'a> Collector<'a> {
    pub fn new(
        (scenario, plan): (&'a Scenario, Plan),
        (stopper, looks): (Option<Stopper<'a>>, &'a Looks),
        record: Option<&'a dyn Record>,
        observer: &'a mut dyn Observer,
    ) -> Self {
        let (next, total, consumers) = (plan.from(0), plan.replicates(), Consumers::new(scenario));
        Self { scenario, observer, plan, stopper, looks, record, open: Vec::new(), consumers, next, done: 0, total }
    }

    /// The next piece of work.
    pub fn take(&mut self, Finished { work, cells, .. }: Finished) -> io::Result<()> {
        if self.open.is_empty() {
            let cells = work.cells.clone().map(|index| self.scenario.cell(index));
            let new = |cell| (CellAccumulator::new(cell, self.stopper.is_some()), OpenUnit::default());
            self.open = cells.map(new).collect();
        }
        for found in cells {
            let at = (found.cell - work.cells.start) as usize;
            self.take_cell(at, work.replicates.start, found)?;
        }
        self.observer.handle_progress(&Progress {
            done: self.done,
            total: self.total,
            may_end_early: self.stopper.is_some(),
            axes: self.scenario.axes(),
            cells: &self.consumers.cells,
            open: &self.open,
        });
        let have_ended = self.open.iter().all(|(sums, _)| sums.ended.is_some());
        let ends_group = have_ended || self.plan.ends_group(self.next);
        self.next = self.plan.from(if have_ended { self.plan.next_group(self.next) } else { self.next + 1 });
        self.looks.advance(self.next);
        if ends_group { self.end_group() } else { Ok(()) }
    }

    /// Takes the next replicates of an open cell, as many as come before a rule ends it; the record keeps the others, too.
    fn take_cell(&mut self, at: usize, first: u64, CellResults { results, is_new, .. }: CellResults) -> io::Result<()> {
        let (sums, unit) = &mut self.open[at];
        let mut consumers = self.consumers.all();
        let mut came = 0;
        for (number, result) in (first..).zip(&results) {
            if let Ok(simulated) = result {
                sums.add(number, simulated);
            }
            for consumer in &mut consumers {
                consumer.replicate(&sums.cell, number, result);
            }
            came += 1;
            sums.ended = self.stopper.as_ref().and_then(|stopper| stopper.ended(sums, number + 1));
            if sums.ended.is_some() {
                self.looks.end(sums.cell.index);
                self.total -= self.scenario.run().replicates - (number + 1);
                break;
            }
        }
        let panics: Vec<Option<String>> = results.iter().map(|result| result.as_ref().err().cloned()).collect();
        let parts = |simulated: Simulated| (simulated.replicate, simulated.before);
        let (replicates, before): (Vec<_>, Vec<_>) =
            results.into_iter().map(|result| result.ok().map(parts).unzip()).unzip();
        self.done += replicates[..came].iter().flatten().count() as u64;
        let cell = &sums.cell;
        if self.plan.is_whole() {
            let block = Block { cell, first, replicates: &replicates[..came], before: &before[..came] };
            self.observer.handle_block(&block)?;
        }
        if let Some(record) = self.record {
            let parts = replicates.into_iter().zip(before).map(|(replicate, before)| replicate.zip(before));
            let entries = parts.zip(panics).map(|(parts, panic)| parts.ok_or_else(|| panic.unwrap_or_default()));
            unit.add((record, cell), first, entries, is_new)?;
            if sums.ended.is_some() {
                unit.close(record, cell)?;
            }
        }
        Ok(())
    }

    fn end_group(&mut self) -> io::Result<()> {
        for (mut sums, mut unit) in self.open.drain(..) {
            if let Some(record) = self.record {
                unit.close(record, &sums.cell)?;
            }
            if self.plan.is_whole() {
                let quantiles = sums.take_quantiles();
                let totals = CellTotals::new(&sums, quantiles);
                for consumer in self.consumers.all() {
                    consumer.cell_end(&totals);
                }
            }
        }
        if self.plan.is_whole() { self.observer.handle_group_end() } else { Ok(()) }
    }

    /// All that was found, when no more work comes.
    pub fn finish(mut self) -> io::Result<Findings> {
        if !self.open.is_empty() {
            self.end_group()?;
        }
        let Self { scenario, done, total, .. } = self;
        let Consumers { panicked, breaches, witnesses, mut cells, agreement, differences, judge } = self.consumers;
        for (cell, differences) in differences.found {
            cells[cell as usize].differences = differences;
        }
        unify(&mut cells);
        let most = cells.iter().map(|cell| cell.replicates).max().unwrap_or_default();
        let summary = RunSummary {
            name: scenario.name().to_owned(),
            id: scenario.id().to_owned(),
            replicates: if self.stopper.is_some() { most } else { scenario.run().replicates },
            axes: scenario.axes().to_vec(),
            cells,
            expectations: judge.judgements.into_values().collect(),
        };
        let (witnesses, disagreements) = (witnesses.found, agreement.disagreements());
        Ok(Findings { summary, panicked, witnesses, disagreements, breaches, done, total })
    }
}
