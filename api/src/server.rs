//! The process: listening, sweeping, and ending when it is told to.

use std::{future::Future, net::SocketAddr};

use tokio::net::TcpListener;

use crate::{
    app::{App, StartError},
    config::Config,
    router::router,
    sweep,
};

/// Listening, and not serving yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    config: Config,
}

impl Server {
    /// Listens where the configuration says. Port 0 takes a free one.
    ///
    /// # Errors
    /// [`StartError::Listen`] when somebody else does.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let address = config.listen;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| StartError::Listen { address, source })?;
        Ok(Self { listener, config })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` ends, and then finishes what it is at.
    ///
    /// # Errors
    /// [`StartError`] when it cannot be put together.
    pub async fn run(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), StartError> {
        let address = self.config.listen;
        let app = App::new(self.config)?;
        let sweeping = tokio::spawn(sweep::run(app.clone()));
        let told = app.clone();
        let stop = async move {
            stop.await;
            told.live.close();
        };
        let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(self.listener, service)
            .with_graceful_shutdown(stop)
            .await;
        sweeping.abort();
        served.map_err(|source| StartError::Listen { address, source })
    }
}
