//! The search in one cell: every fault by itself first, then children of attacks that showed something new or were worse
//! than all before.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::Ordering;

use crate::scenario::{AxisValue, Outline};

use super::attack::{Attack, names, words};
use super::dice::Dice;
use super::find::{Find, confirm};
use super::shrink::{simplest, without_idle_faults};
use super::space::Space;
use super::trial::{Broken, Goal, Lab, Trial};
use super::{Aim, Budget, ExploreError, Explored, Observer, Worst};

/// Attacks that are tried before the search looks at what they showed; part of what it finds, so never the number of
/// threads.
const BATCH: usize = 16;

/// Times the replicates of a trial that decide whether what looks broken is.
const CLOSER_LOOK: u64 = 10;

/// Other conditions that are tried without faults before all else.
const MOST_GROUNDS: usize = 16;

pub(super) struct Search<'a> {
    lab: &'a Lab<'a>,
    space: Space,
    /// The cell under each of the conditions that vary.
    grounds: Vec<Outline>,
    /// Its values on the other axes.
    place: String,
    budget: &'a Budget,
    /// Its number.
    cell: u32,
    /// Attacks that are still to be tried before any is bred.
    waiting: VecDeque<Attack>,
    done: u64,
    /// Attacks that showed something new.
    corpus: Vec<Attack>,
    features: BTreeSet<String>,
    /// By aim, the worst attack so far and how bad it was.
    worst: [Option<(f64, Attack)>; Aim::ALL.len()],
    /// What was broken, and by which faults.
    known: Vec<(Goal, Vec<String>)>,
    /// What looked broken by which attacks, and was not.
    cleared: Vec<(Goal, Outline)>,
    finds: Vec<Find>,
}

impl<'a> Search<'a> {
    pub fn new(
        lab: &'a Lab<'a>,
        space: Space,
        (grounds, place): (Vec<Outline>, String),
        (budget, cell): (&'a Budget, u32),
    ) -> Self {
        let conditions = (0..grounds.len().min(MOST_GROUNDS)).map(|ground| Attack { ground, faults: Vec::new() });
        let waiting = conditions.chain(space.single_faults()).collect();
        Self {
            lab,
            space,
            grounds,
            place,
            budget,
            cell,
            waiting,
            done: 0,
            corpus: Vec::new(),
            features: BTreeSet::new(),
            worst: Default::default(),
            known: Vec::new(),
            cleared: Vec::new(),
            finds: Vec::new(),
        }
    }

    /// Spends the budget, or as much of it as Ctrl-C leaves.
    pub fn run(&mut self, observer: &mut dyn Observer, total: u64) -> Result<(), ExploreError> {
        while self.done < self.budget.trials && !self.lab.options.stop.load(Ordering::Relaxed) {
            let size = BATCH.min((self.budget.trials - self.done) as usize);
            let batch: Vec<Attack> = (0..size as u64).map(|at| self.next(self.done + at)).collect();
            let outlines: Vec<Outline> = batch.iter().map(|attack| attack.outline(&self.grounds)).collect();
            let trials = self.lab.run_all(&outlines, self.budget.world_seed(), self.budget.replicates)?;
            for ((attack, outline), trial) in batch.into_iter().zip(outlines).zip(trials) {
                self.done += 1;
                // An attack that makes no scenario was worth no more than the attempt.
                let Ok(trial) = trial else { continue };
                let news = self.learn(attack, &trial);
                let (broken, replicates) = match news {
                    Some(broken) => (Some(broken), self.budget.replicates),
                    None => (self.look_closer(&outline, &trial)?, self.budget.replicates * CLOSER_LOOK),
                };
                if let Some(broken) = broken {
                    self.pursue(outline, broken, replicates, observer)?;
                }
            }
            observer.handle_progress(u64::from(self.cell) * self.budget.trials + self.done, total);
        }
        Ok(())
    }

    fn next(&mut self, trial: u64) -> Attack {
        if let Some(attack) = self.waiting.pop_front() {
            return attack;
        }
        let mut dice = Dice::new(self.budget.seed, self.cell, trial);
        let worst: Vec<&Attack> = self.worst.iter().flatten().map(|(_, attack)| attack).collect();
        let parent = if dice.below(2) == 0 { dice.pick(&worst).copied() } else { dice.pick(&self.corpus) };
        self.space.mutate(&parent.cloned().unwrap_or_default(), self.grounds.len(), &mut dice)
    }

    /// Remembers what a trial showed; what it broke in a way that is not known.
    fn learn(&mut self, attack: Attack, trial: &Trial) -> Option<Broken> {
        for (aim, worst) in Aim::ALL.into_iter().zip(&mut self.worst) {
            let badness = aim.badness(&trial.cell);
            let is_worse = worst.as_ref().is_none_or(|(before, least)| {
                badness > *before || (badness == *before && attack.faults.len() < least.faults.len())
            });
            if is_worse {
                *worst = Some((badness, attack.clone()));
            }
        }
        let known = self.features.len();
        self.features.extend(trial.features.iter().cloned());
        let broken = trial.broken.clone().filter(|broken| !self.is_known(&broken.goal, &attack.names()));
        if self.features.len() > known {
            self.corpus.push(attack);
        }
        broken
    }

    /// What more replicates show to be broken where some looked so.
    fn look_closer(&mut self, outline: &Outline, trial: &Trial) -> Result<Option<Broken>, ExploreError> {
        let is_new = |goal: &Goal| !self.is_known(goal, &names(&outline.tables));
        let Some(goal) = trial.suspected.clone().filter(is_new) else { return Ok(None) };
        let cleared = (goal, outline.clone());
        if self.cleared.contains(&cleared) {
            return Ok(None);
        }
        let trial = self.lab.run(outline, self.budget.world_seed(), self.budget.replicates * CLOSER_LOOK)?;
        let broken = trial.ok().and_then(|trial| trial.broken).filter(|broken| broken.goal == cleared.0);
        if broken.is_none() {
            self.cleared.push(cleared);
        }
        Ok(broken)
    }

    /// Whether fewer faults, or the same, break the same thing.
    fn is_known(&self, goal: &Goal, faults: &[&str]) -> bool {
        let explains = |known: &[String]| known.iter().all(|fault| faults.contains(&fault.as_str()));
        self.known.iter().any(|(other, known)| other == goal && explains(known))
    }

    /// Simplifies and confirms an attack, and tells of it unless it was chance. The failure cause has to stay, too: a simpler
    /// scenario may break the same expectation without any attack, by defaults that do not fit each other.
    fn pursue(
        &mut self,
        outline: Outline,
        broken: Broken,
        replicates: u64,
        observer: &mut dyn Observer,
    ) -> Result<(), ExploreError> {
        let seed = self.budget.world_seed();
        let shows = |outline: &Outline| {
            let trial = self.lab.run(outline, seed, replicates)?;
            Ok(trial.is_ok_and(|trial| trial.broken.as_ref() == Some(&broken)))
        };
        let of = |outline: &Outline| names(&outline.tables).into_iter().map(Into::into).collect();
        let original: Vec<String> = of(&outline);
        let simple = simplest(outline, &self.grounds[0], shows)?;
        let find = confirm(self.lab, &simple, &broken.goal, (&self.place, self.number()))?;
        // What was chance is not tried again.
        self.known.push((broken.goal, if find.is_some() { of(&simple) } else { original }));
        if let Some(find) = find {
            observer.handle_find(&find)?;
            self.finds.push(find);
        }
        Ok(())
    }

    /// Number of the next find among those of all cells: they come one cell after the other.
    fn number(&self) -> usize {
        self.cell as usize * 100 + self.finds.len() + 1
    }

    /// What the cell came to: the worst attacks without the faults that do nothing for them, with the replicates that
    /// confirm.
    pub fn finish(self, axes: Vec<AxisValue>) -> Result<Explored, ExploreError> {
        let (&Budget { replicates, confirming, .. }, seed) = (self.budget, self.budget.world_seed());
        let own = self.lab.scenario.run().seed;
        let mut worst = Vec::new();
        for (aim, found) in Aim::ALL.into_iter().zip(&self.worst) {
            let Some((badness, attack)) = found else { continue };
            let is_as_bad = |outline: &Outline| {
                let trial = self.lab.run(outline, seed, replicates)?;
                Ok(trial.is_ok_and(|trial| aim.badness(&trial.cell) >= *badness))
            };
            let outline = without_idle_faults(attack.outline(&self.grounds), is_as_bad)?;
            if let Ok(trial) = self.lab.run(&outline, own, confirming)? {
                worst.push(Worst { aim, attack: self.describe(&outline), cell: trial.cell });
            }
        }
        let plain = self.lab.run(&self.grounds[0], own, confirming)?;
        let plain = plain.map_err(|reason| ExploreError::NoOutline { cell: self.place.clone(), reason })?.cell;
        let (trials, nodes) = (self.done, self.space.nodes);
        Ok(Explored { axes, nodes, trials, plain, worst, finds: self.finds })
    }

    /// Faults and conditions in words.
    fn describe(&self, outline: &Outline) -> String {
        let mut words = vec![words(&outline.tables)];
        for table in &self.grounds[0].tables {
            let Some(now) = outline.tables.iter().find(|other| other.path == table.path && !other.is_list) else {
                continue;
            };
            let changed = now.keys.iter().filter(|(key, value)| table.get(key) != Some(value));
            words.extend(changed.map(|(key, value)| format!("{}.{key} = {}", table.path, value.replace('"', ""))));
        }
        words.join(", ")
    }
}
