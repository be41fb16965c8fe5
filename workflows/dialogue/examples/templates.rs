//! Prints the manifest of the templates to submit to the platform:
//! `cargo run -p dialogue --example templates > workflows/dialogue/templates/approved.json`.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

fn main() -> Result<(), dialogue::TextsError> {
    print!("{}", dialogue::manifest(&dialogue::Texts::new()?));
    Ok(())
}
