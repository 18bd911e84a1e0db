//! Which shard of a run a process is: `I/N`, or what the engine that started it says in the environment.

use std::env;

use crate::experiment::Shard;

/// Which shard is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    This(Shard),
    /// That of the environment.
    Auto,
    /// One of so many, by the task's number in the environment.
    AutoOf(u64),
}

/// The shard that `text` says, which an engine's environment may have to tell.
pub(super) fn parse(text: &str) -> Result<Choice, String> {
    if text == "auto" {
        return Ok(Choice::Auto);
    }
    let wrong = || format!("`{text}` is no shard; write `2/5` for the second of five, or `auto`");
    let (number, of) = text.split_once('/').ok_or_else(wrong)?;
    let of = of.parse().map_err(|_| wrong())?;
    match number {
        "auto" => Ok(Choice::AutoOf(of)),
        _ => checked(number.parse().map_err(|_| wrong())?, of).map(Choice::This),
    }
}

impl Choice {
    #[expect(clippy::disallowed_methods, reason = "which part of the work a process does is no part of any result")]
    pub(super) fn shard(self) -> Result<Shard, String> {
        let variable = |name: &str| env::var(name).ok();
        match self {
            Self::This(shard) => Ok(shard),
            Self::Auto => of_environment(&variable),
            // A task of HyperQueue knows its number and not how many there are.
            Self::AutoOf(of) => checked(number_in("HQ_TASK_ID", &variable)?.ok_or("HQ_TASK_ID is not set")?, of),
        }
    }
}

fn checked(number: u64, of: u64) -> Result<Shard, String> {
    let fits = (1..=of).contains(&number);
    fits.then_some(Shard { number, of }).ok_or_else(|| format!("shard {number} of {of}: they count from 1 to N"))
}

type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

fn number_in(name: &str, variable: Variables<'_>) -> Result<Option<u64>, String> {
    let Some(text) = variable(name) else { return Ok(None) };
    text.trim().parse().map(Some).map_err(|_| format!("{name} is {text:?}, which is no number"))
}

/// By a Slurm array, whose tasks may begin at any number and go in steps, or by a CI system, whose nodes count from 1
/// (GitLab) or 0 (`CircleCI`).
fn of_environment(variable: Variables<'_>) -> Result<Shard, String> {
    let number = |name| number_in(name, variable);
    if let Some(id) = number("SLURM_ARRAY_TASK_ID")? {
        let min = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0);
        let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
        let of = match (number("SLURM_ARRAY_TASK_COUNT")?, number("SLURM_ARRAY_TASK_MAX")?) {
            (Some(count), _) => count,
            (None, Some(max)) => max.saturating_sub(min) / step + 1,
            (None, None) => return Err("neither SLURM_ARRAY_TASK_COUNT nor SLURM_ARRAY_TASK_MAX is set".to_owned()),
        };
        return checked(id.saturating_sub(min) / step + 1, of);
    }
    for (index, total, first) in [("CI_NODE_INDEX", "CI_NODE_TOTAL", 1), ("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0)]
    {
        if let (Some(index), Some(total)) = (number(index)?, number(total)?) {
            return checked((index + 1).saturating_sub(first), total);
        }
    }
    Err("`auto` finds neither a Slurm array (SLURM_ARRAY_TASK_ID) nor a CI node (CI_NODE_INDEX, CI_NODE_TOTAL); \
         write `I/N`, or `auto/N` in a task of HyperQueue"
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<(u64, u64), String> {
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        of_environment(&variable).map(|shard| (shard.number, shard.of))
    }

    #[test]
    fn engines_say_which_shard_it_is() {
        let slurm = |id, more: &[(&'static str, &'static str)]| of(&[&[("SLURM_ARRAY_TASK_ID", id)], more].concat());
        assert_eq!(slurm("3", &[("SLURM_ARRAY_TASK_MIN", "1"), ("SLURM_ARRAY_TASK_COUNT", "5")]), Ok((3, 5)));
        let stepped = [("SLURM_ARRAY_TASK_MIN", "10"), ("SLURM_ARRAY_TASK_MAX", "30"), ("SLURM_ARRAY_TASK_STEP", "10")];
        assert_eq!(slurm("20", &stepped), Ok((2, 3)));
        assert_eq!(of(&[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "2")]), Ok((2, 2)));
        assert_eq!(of(&[("CIRCLE_NODE_INDEX", "0"), ("CIRCLE_NODE_TOTAL", "2")]), Ok((1, 2)));
        for wrong in [&[][..], &[("SLURM_ARRAY_TASK_ID", "1")], &[("CI_NODE_INDEX", "3"), ("CI_NODE_TOTAL", "2")]] {
            assert!(of(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn shards_are_written_as_fractions() {
        assert_eq!(parse("2/5"), Ok(Choice::This(Shard { number: 2, of: 5 })));
        assert_eq!(parse("auto/20"), Ok(Choice::AutoOf(20)));
        for wrong in ["", "2", "0/5", "6/5", "2/0", "a/b", "-1/3"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
