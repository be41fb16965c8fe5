//! `stack demo`: what it says before it starts anything.

use std::net::TcpListener;
use std::process::Command;

#[test]
fn a_taken_port_is_reported_by_name_with_the_variable_that_changes_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();

    let output = Command::new(env!("CARGO_BIN_EXE_stack"))
        .arg("demo")
        .env("POSADA_SANDBOX_PORT", port.to_string())
        .output()
        .unwrap();

    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(
        complaint.contains(&format!(
            "{port}, for the sandbox: POSADA_SANDBOX_PORT changes it"
        )),
        "{complaint}"
    );
}
