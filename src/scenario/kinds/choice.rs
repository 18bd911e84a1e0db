//! One of a few words, each of which stands for a value of a type of the simulation.

use super::prelude::*;
use super::text::text;
use crate::aggregator::RuleSet;
use crate::sim::{Safety, Schedule, Ties};
use std::fmt::Debug;
use std::marker::PhantomData;

/// A type whose values go by words.
pub(in super::super) trait Words: Copy + Debug + PartialEq + Send + Sync + 'static {
    /// All of them with their words.
    fn words() -> Vec<(&'static str, Self)>;
}

macro_rules! words {
    ($($type:ident: $($word:literal => $value:ident),+;)+) => {
        $(impl Words for $type {
            fn words() -> Vec<(&'static str, Self)> {
                vec![$(($word, Self::$value)),+]
            }
        })+
    };
}

words! {
    Schedule: "all_at_once" => AllAtOnce, "one_at_a_time" => OneAtATime;
    Ties: "random" => Random, "adversarial" => Adversarial;
    Safety: "holds" => Holds, "violated" => Violated;
}

impl Words for RuleSet {
    fn words() -> Vec<(&'static str, Self)> {
        Self::ALL.map(|rule_set| (rule_set.name(), rule_set)).to_vec()
    }
}

/// One of the words of `T`.
#[derive(Debug)]
pub(in super::super) struct Choice<T>(PhantomData<T>);

impl<T> Choice<T> {
    pub const NEW: Self = Self(PhantomData);
}

impl<T: Words> Kind for Choice<T> {
    fn about(&self) -> About {
        let words: Vec<_> = T::words().into_iter().map(|(word, _)| word).collect();
        about(&words)
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let known = T::words();
        let words: Vec<_> = known.iter().map(|(word, _)| *word).collect();
        let at = position(lowering, key, node, &words)?;
        Some(Arc::new(known[at].1))
    }
}

/// Description of the choice between some words.
pub(super) fn about(words: &[&str]) -> About {
    let quoted = words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ");
    let example = words.last().map(|word| quote(word)).unwrap_or_default();
    About::new(format!("choice.{}", words.join(".")), quoted, example, json!({ "enum": words }))
}

/// Place of the word that `node` is among `words`.
pub(super) fn position(lowering: &mut Lowering<'_>, key: &str, node: &Node, words: &[&str]) -> Option<usize> {
    let text = text(lowering, key, node, &format!("one of {}", list(words.iter().copied())))?;
    words.iter().position(|word| *word == text).or_else(|| {
        lowering.report(
            Diagnostic::new(node.at, format!("unknown value of `{key}`"))
                .label("not known here")
                .help(did_you_mean(&text, words.iter().copied())),
        )
    })
}

impl<T: Words> Meaning for T {
    fn axis_value(&self) -> AxisValue {
        AxisValue::word(T::words().into_iter().find(|(_, known)| known == self).map_or("", |(word, _)| word))
    }
}

impl<T: Words> FromValue for T {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        downcast(value).copied().unwrap_or_else(|| T::words()[0].1)
    }
}
