//! A way to a service that can be closed and opened again, as an outage closes it.

use std::net::SocketAddr;

use anyhow::Result;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Listens before a service and lets connections through while it is open.
pub(crate) struct Gate {
    pub(crate) address: SocketAddr,
    open: watch::Sender<bool>,
}

impl Gate {
    /// Before `target`, a `host:port`.
    pub(crate) async fn before(target: &str, open: bool) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (open, is_open) = watch::channel(open);
        let target = target.to_owned();
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                tokio::spawn(pass(caller, target.clone(), is_open.clone()));
            }
        });
        Ok(Self { address, open })
    }

    pub(crate) fn open(&self) {
        self.open.send_replace(true);
    }

    /// Ends what passes through, and lets nothing new through.
    pub(crate) fn close(&self) {
        self.open.send_replace(false);
    }
}

async fn pass(mut caller: TcpStream, target: String, mut is_open: watch::Receiver<bool>) {
    if !*is_open.borrow() {
        return;
    }
    let Ok(mut service) = TcpStream::connect(target).await else {
        return;
    };
    tokio::select! {
        _ = copy_bidirectional(&mut caller, &mut service) => {}
        _ = is_open.wait_for(|open| !open) => {}
    }
}
