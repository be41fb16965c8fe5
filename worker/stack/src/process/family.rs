//! A process and all that it started, whatever groups they have moved to.
//!
//! PostgreSQL gives each of its children a group of its own: a signal to the group of the first one
//! leaves those alone that hold the connections. Where the system has no `/proc`, nobody is found.

use std::fs;

use nix::unistd::Pid;

/// The children of `ancestor`, and theirs, parents first.
pub(super) fn descendants(ancestor: Pid) -> Vec<Pid> {
    let all = parents();
    let mut family = vec![ancestor.as_raw()];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        let children = all.iter().filter(|(_, of)| *of == parent);
        family.extend(children.map(|(child, _)| *child));
        next += 1;
    }
    family.into_iter().skip(1).map(Pid::from_raw).collect()
}

/// Every process with its parent.
fn parents() -> Vec<(i32, i32)> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter_map(|id: i32| Some((id, parent(id)?))).collect()
}

/// The name, in brackets, may contain anything; what follows the last of them does not.
fn parent(id: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(1)?.parse().ok()
}
