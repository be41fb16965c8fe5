//! What was answered, unpacked while it arrives and never more of it than fits.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use reqwest::{Response, header};

use crate::Error;

/// Reads an answer to its end, and unpacks it.
pub(crate) async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, Error> {
    let announced = response.content_length().map(usize::try_from);
    if announced.is_some_and(|length| length.is_ok_and(|length| length > limit)) {
        return Err(Error::TooLarge);
    }
    let encoding = response.headers().get(header::CONTENT_ENCODING);
    let is_packed = encoding.is_some_and(|name| {
        let name = name.as_bytes().trim_ascii();
        name.eq_ignore_ascii_case(b"gzip") || name.eq_ignore_ascii_case(b"x-gzip")
    });
    let mut sink = Sink::new(is_packed, limit);
    let mut received = 0_usize;
    while let Some(piece) = response.chunk().await.map_err(Error::on_the_way)? {
        received = received.saturating_add(piece.len());
        // Members that unpack to nothing can be sent for ever, too.
        if received > limit {
            return Err(Error::TooLarge);
        }
        sink.take(&piece)?;
    }
    if received == 0 {
        return Ok(Vec::new());
    }
    sink.finish()
}

enum Sink {
    Plain(Bounded),
    Packed(Box<MultiGzDecoder<Bounded>>),
}

impl Sink {
    fn new(is_packed: bool, limit: usize) -> Self {
        let bounded = Bounded {
            limit,
            bytes: Vec::new(),
            is_full: false,
        };
        if is_packed {
            Self::Packed(Box::new(MultiGzDecoder::new(bounded)))
        } else {
            Self::Plain(bounded)
        }
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), Error> {
        let taken = match self {
            Self::Plain(bytes) => bytes.write_all(piece),
            Self::Packed(packed) => packed.write_all(piece),
        };
        taken.map_err(|_error| self.why())
    }

    fn finish(self) -> Result<Vec<u8>, Error> {
        match self {
            Self::Plain(bytes) => Ok(bytes.bytes),
            Self::Packed(mut packed) => match packed.try_finish() {
                Ok(()) => Ok(std::mem::take(&mut packed.get_mut().bytes)),
                Err(_error) => Err(Self::Packed(packed).why()),
            },
        }
    }

    fn why(&self) -> Error {
        let bytes = match self {
            Self::Plain(bytes) => bytes,
            Self::Packed(packed) => packed.get_ref(),
        };
        if bytes.is_full {
            Error::TooLarge
        } else {
            Error::CutOff
        }
    }
}

struct Bounded {
    limit: usize,
    bytes: Vec<u8>,
    is_full: bool,
}

impl Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.bytes.len().saturating_add(piece.len()) > self.limit {
            self.is_full = true;
            return Err(io::Error::other("larger than a calendar may be"));
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
