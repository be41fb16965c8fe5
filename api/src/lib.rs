#![doc = include_str!("../README.md")]

mod accommodations;
mod acknowledging;
pub mod admin;
mod app;
mod audio;
mod auth;
mod availability;
mod backlog;
mod clients;
pub mod config;
mod dispatch;
mod error;
mod exports;
mod extract;
mod feeds;
mod health;
mod hints;
mod limits;
mod metrics;
mod nlu;
mod openapi;
mod pages;
mod paging;
mod reservations;
mod router;
mod security;
mod server;
mod slot;
mod sweep;
mod trace;
mod views;
mod webhooks;
mod wish;

pub use app::StartError;
pub use config::Config;
pub use server::Server;
