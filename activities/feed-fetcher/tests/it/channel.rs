//! A channel on a free port, and a fetcher that trusts it and nobody else.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;
use axum::Router;
use feed_fetcher::{Answer, Error, FeedUrl, Fetcher, Limits, Policy, Validators};

pub(crate) struct Channel {
    address: SocketAddr,
    fetcher: Fetcher,
}

impl Channel {
    pub(crate) async fn answers(routes: Router) -> Result<Self> {
        Self::answers_within(routes, Limits::default()).await
    }

    pub(crate) async fn answers_within(routes: Router, limits: Limits) -> Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let policy = Policy {
            http: true,
            own_hosts: Vec::new(),
            trusted: vec![format!("http://{address}").parse()?],
        };
        let limits = Limits {
            host_floor: Duration::ZERO,
            ..limits
        };
        Ok(Self {
            address,
            fetcher: Fetcher::new(policy, limits),
        })
    }

    pub(crate) fn url(&self, path: &str) -> Result<FeedUrl> {
        let text = format!("http://{}{path}", self.address);
        Ok(self.fetcher.policy().parse(&text)?)
    }

    pub(crate) async fn fetch(&self, path: &str) -> Result<Result<Answer, Error>> {
        self.fetch_knowing(path, &Validators::default()).await
    }

    pub(crate) async fn fetch_knowing(
        &self,
        path: &str,
        known: &Validators,
    ) -> Result<Result<Answer, Error>> {
        Ok(self.fetcher.fetch(&self.url(path)?, known).await)
    }

    /// The body that is answered.
    pub(crate) async fn body(&self, path: &str) -> Result<Vec<u8>> {
        match self.fetch(path).await?? {
            Answer::Body(fetched) => Ok(fetched.bytes),
            Answer::NotModified => anyhow::bail!("nothing was answered"),
        }
    }

    /// The code of the failure.
    pub(crate) async fn failure(&self, path: &str) -> Result<&'static str> {
        match self.fetch(path).await? {
            Ok(answer) => anyhow::bail!("it was answered: {answer:?}"),
            Err(error) => Ok(error.code()),
        }
    }
}
