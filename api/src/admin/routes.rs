//! The table of the doors: each route is added together with who may use it.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    routing::{get, post},
};
use domain::Role;

use super::forgery;
use crate::app::App;

/// Who may go through a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, also who is not signed in.
    Anybody,
    /// Whoever is signed in and may do what this role may.
    Only(Role),
}

/// A door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Its path, with parameters in braces.
    pub path: &'static str,
    /// Who may go through.
    pub access: Access,
}

/// The doors so far.
#[derive(Default)]
pub(super) struct Routes {
    pub(super) router: Router<App>,
    pub(super) table: Vec<Route>,
}

impl Routes {
    pub(super) fn get<H: Handler<T, App>, T: 'static>(
        mut self,
        access: Access,
        path: &'static str,
        handler: H,
    ) -> Self {
        self.router = self.router.route(path, get(handler));
        self.listed("GET", access, path)
    }

    pub(super) fn post<H: Handler<T, App>, T: 'static>(
        mut self,
        access: Access,
        path: &'static str,
        handler: H,
    ) -> Self {
        self.router = self.router.route(path, post(handler));
        self.listed("POST", access, path)
    }

    /// A form with a file.
    pub(super) fn upload<H: Handler<T, App>, T: 'static>(
        mut self,
        access: Access,
        path: &'static str,
        handler: H,
    ) -> Self {
        let taken = post(handler).layer(DefaultBodyLimit::max(forgery::LARGEST_UPLOAD));
        self.router = self.router.route(path, taken);
        self.listed("POST", access, path)
    }

    fn listed(mut self, method: &'static str, access: Access, path: &'static str) -> Self {
        self.table.push(Route {
            method,
            path,
            access,
        });
        self
    }
}
