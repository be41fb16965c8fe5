//! What a message can say about who comes, as it was said.

/// Something said about who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everybody: "somos 4", "para 4".
    Total(u32),
    /// People of no said age: "4 personas".
    People(u32),
    Adults(u32),
    Children(u32),
    /// Named companions without the guest: "mi marido" is one, "mis padres" two.
    Companions(u32),
    /// The guest, where it matters: "mi señora y yo", "voy con ...".
    Guest,
    /// More on top of what was said: "+ 2".
    Plus(u32),
    /// "uno más", "una persona menos": against the party talked about.
    Change(i32),
    /// Said to be wrong: "no 3".
    Rejected,
    /// People whose number was not said, or said in two ways.
    Unclear,
}
