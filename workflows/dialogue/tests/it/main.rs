//! Conversations from the first word to the last, through the public interface alone.

mod booking;
mod browse;
mod chat;
mod notices;
mod own;
mod properties;
mod state;
mod texts;
mod world;
