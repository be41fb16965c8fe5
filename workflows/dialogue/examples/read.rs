fn main(){ for t in std::env::args().skip(1) { let r=nlu::read(&t, "2026-11-24".parse().unwrap(), &nlu::Context::default()); eprintln!("{t}: {r:?}"); } }
