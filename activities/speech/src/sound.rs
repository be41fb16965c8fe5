//! From the bytes of a voice note to samples: the container, the codec, and what is refused on the way.
//!
//! The bytes come from strangers. Nothing is decoded before the headers are what a voice note has, and decoding
//! stops at the limit, whatever the file claims or holds.

use std::{io::Cursor, time::Duration};

use ogg::{Packet, PacketReader};
use opus::{Channels, Decoder};

use crate::verdict::Refusal;

/// Whisper hears at this rate, and Opus can decode straight to it.
pub(crate) const RATE: usize = 16_000;

/// The most bytes that `WhatsApp` carries as a voice note.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// The longest that one Opus packet can last: 120 ms.
const LONGEST_PACKET: usize = RATE * 120 / 1000;

/// Headers count at 48 kHz, whatever the sound was.
const HEADER_RATE_FACTOR: u64 = 3;

/// What was in a clip.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Clip {
    /// Something to listen to.
    Sound(Sound),
    /// More than anybody listens to; how long it is.
    TooLong(Duration),
}

/// Decoded sound: one channel at 16 kHz, each sample between -1 and 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sound {
    pub(crate) samples: Vec<f32>,
    /// Something is missing or could not be decoded: what is there may not be what was said.
    pub(crate) damaged: bool,
}

impl Sound {
    pub(crate) fn length(&self) -> Duration {
        length(self.samples.len())
    }
}

/// How long so many samples last.
fn length(samples: usize) -> Duration {
    let samples = u64::try_from(samples).unwrap_or(u64::MAX);
    Duration::from_micros(samples.saturating_mul(125) / 2)
}

/// How long a clip lasts, decoded as if somebody were to listen to it; `longest` when it lasts longer.
///
/// # Errors
/// Why nobody would listen to it.
pub fn measure(clip: &[u8], longest: Duration) -> Result<Duration, Refusal> {
    match decode(clip, longest)? {
        Clip::Sound(sound) => Ok(sound.length()),
        Clip::TooLong(_) => Ok(longest),
    }
}

/// Decodes a clip of at most `longest`.
pub(crate) fn decode(bytes: &[u8], longest: Duration) -> Result<Clip, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() > LARGEST {
        return Err(Refusal::TooLarge);
    }
    if !bytes.starts_with(b"OggS") {
        return Err(Refusal::NotOggOpus);
    }
    let mut packets = Packets::of(bytes);
    let head = packets.next_intact().ok_or(Refusal::NotOggOpus)?;
    let head = Head::read(&head.data).ok_or(Refusal::NotOggOpus)?;
    let tags = packets.next_intact().ok_or(Refusal::NotOggOpus)?;
    if !tags.data.starts_with(b"OpusTags") {
        return Err(Refusal::NotOggOpus);
    }
    decode_packets(packets, &head, longest)
}

/// What is needed of the first packet.
#[derive(Debug, Clone, Copy)]
struct Head {
    /// Samples at 48 kHz with which the codec warms up.
    pre_skip: u16,
    /// In steps of 1/256 dB.
    gain: i16,
}

impl Head {
    /// Reads `OpusHead`. Version 0.x, one or two channels in the simple mapping: what phones record.
    fn read(packet: &[u8]) -> Option<Self> {
        let rest = packet.strip_prefix(b"OpusHead")?;
        let &[
            version,
            channels,
            skip_low,
            skip_high,
            _,
            _,
            _,
            _,
            gain_low,
            gain_high,
            mapping,
            ..,
        ] = rest
        else {
            return None;
        };
        let is_known = version < 16 && matches!(channels, 1 | 2) && mapping == 0;
        is_known.then_some(Self {
            pre_skip: u16::from_le_bytes([skip_low, skip_high]),
            gain: i16::from_le_bytes([gain_low, gain_high]),
        })
    }

    fn skipped_samples(self) -> usize {
        usize::from(self.pre_skip) / 3
    }
}

/// The packets of the first stream of a file, for as long as it can be trusted.
struct Packets<'b> {
    reader: PacketReader<Cursor<&'b [u8]>>,
    stream: Option<u32>,
    /// The stream's last page was seen.
    ended: bool,
}

impl<'b> Packets<'b> {
    fn of(bytes: &'b [u8]) -> Self {
        Self {
            reader: PacketReader::new(Cursor::new(bytes)),
            stream: None,
            ended: false,
        }
    }

    /// The next packet; none at the end, which a broken page is too.
    fn next_intact(&mut self) -> Option<Packet> {
        while !self.ended {
            let packet = self.reader.read_packet().ok().flatten()?;
            let stream = *self.stream.get_or_insert(packet.stream_serial());
            if packet.stream_serial() == stream {
                self.ended = packet.last_in_stream();
                return Some(packet);
            }
        }
        None
    }
}

fn decode_packets(
    mut packets: Packets<'_>,
    head: &Head,
    longest: Duration,
) -> Result<Clip, Refusal> {
    // Only a library that was built wrong, or no memory, can fail here.
    let mut decoder =
        Decoder::new(16_000, Channels::Mono).map_err(|_failed| Refusal::NotOggOpus)?;
    let mut damaged = decoder.set_gain(i32::from(head.gain)).is_err();
    let mut samples = Vec::new();
    let mut beyond = 0_usize;
    let mut end = None;
    let mut buffer = [0.0; LONGEST_PACKET];
    while let Some(packet) = packets.next_intact() {
        end = Some(packet.absgp_page());
        if length(samples.len()) > longest {
            beyond = beyond.saturating_add(samples_in(&packet.data));
            continue;
        }
        // An empty packet would be taken for a lost one, and something made up for it.
        let decoded = if packet.data.is_empty() {
            None
        } else {
            decoder
                .decode_float(&packet.data, &mut buffer, false)
                .ok()
                .and_then(|count| buffer.get(..count))
        };
        match decoded {
            Some(heard) => samples.extend(heard.iter().copied().map(audible)),
            None => damaged = true,
        }
    }
    damaged |= !packets.ended;
    if !damaged {
        cut_padding(&mut samples, end);
    }
    let skip = head.skipped_samples().min(samples.len());
    samples.drain(..skip);
    if samples.is_empty() {
        return Err(Refusal::NoSound);
    }
    let whole = length(samples.len().saturating_add(beyond));
    if whole > longest {
        return Ok(Clip::TooLong(whole));
    }
    Ok(Clip::Sound(Sound { samples, damaged }))
}

/// How long a packet says it is, without decoding it.
fn samples_in(packet: &[u8]) -> usize {
    opus::packet::get_nb_samples(packet, 16_000).unwrap_or(0)
}

fn audible(sample: f32) -> f32 {
    if sample.is_finite() {
        sample.clamp(-1.0, 1.0)
    } else {
        0.0
    }
}

/// The last page says where the sound ends; the codec fills its last packet up. An end that would take away more
/// than that is not believed.
fn cut_padding(samples: &mut Vec<f32>, end: Option<u64>) {
    let end = end.and_then(|end| usize::try_from(end / HEADER_RATE_FACTOR).ok());
    if let Some(end) = end.filter(|end| samples.len().saturating_sub(*end) <= LONGEST_PACKET) {
        samples.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LONGEST: Duration = Duration::from_secs(90);

    fn clip(name: &str) -> Vec<u8> {
        std::fs::read(format!("tests/fixtures/{name}.ogg")).unwrap()
    }

    fn sound(name: &str) -> Sound {
        match decode(&clip(name), LONGEST) {
            Ok(Clip::Sound(sound)) => sound,
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn a_voice_note_becomes_as_many_samples_as_it_lasts() {
        let note = sound("01-disponibilidad-enero");
        let seconds = note.length().as_secs_f32();
        assert!((8.0..9.0).contains(&seconds), "{seconds}");
        assert!(!note.damaged);
        assert!(note.samples.iter().any(|sample| sample.abs() > 0.05));
        assert!(note.samples.iter().all(|sample| sample.abs() <= 1.0));
    }

    #[test]
    fn two_channels_are_heard_as_one() {
        let stereo = sound("edge/stereo48k");
        assert!(!stereo.damaged);
        assert!((5.0..8.0).contains(&stereo.length().as_secs_f32()));
    }

    #[test]
    fn a_note_that_was_cut_off_is_damaged_and_as_long_as_what_is_left() {
        let cut = sound("edge/truncated");
        assert!(cut.damaged);
        assert!((2.0..7.0).contains(&cut.length().as_secs_f32()));
    }

    #[test]
    fn what_is_no_voice_note_is_refused() {
        for (name, refusal) in [
            ("edge/empty", Refusal::Empty),
            ("edge/mp3-mislabelled", Refusal::NotOggOpus),
            ("edge/vorbis", Refusal::NotOggOpus),
        ] {
            assert_eq!(decode(&clip(name), LONGEST), Err(refusal), "{name}");
        }
        assert_eq!(decode(b"OggS", LONGEST), Err(Refusal::NotOggOpus));
        assert_eq!(
            decode(&vec![b'O'; LARGEST + 1], LONGEST),
            Err(Refusal::TooLarge)
        );
    }

    #[test]
    fn headers_without_sound_are_refused() {
        let note = clip("03-cancelar");
        // The two pages of the headers; the third begins with the third capture pattern.
        let third = note
            .windows(4)
            .enumerate()
            .filter(|(_, window)| window == b"OggS")
            .nth(2)
            .unwrap()
            .0;
        assert_eq!(decode(&note[..third], LONGEST), Err(Refusal::NoSound));
    }

    #[test]
    fn more_than_the_limit_is_measured_and_not_decoded() {
        match decode(&clip("edge/long-3min"), LONGEST) {
            Ok(Clip::TooLong(length)) => assert_eq!(length.as_secs(), 180),
            other => panic!("{other:?}"),
        }
        assert!(matches!(
            decode(&clip("edge/long-3min"), Duration::from_secs(300)),
            Ok(Clip::Sound(_))
        ));
    }

    /// Pages are found by their checksum; a mutation that keeps it right reaches the decoder.
    fn repair(bytes: &mut [u8]) {
        let starts: Vec<usize> = bytes
            .windows(4)
            .enumerate()
            .filter(|(_, window)| window == b"OggS")
            .map(|(at, _)| at)
            .collect();
        for (index, start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(bytes.len());
            if end - start < 27 {
                continue;
            }
            bytes[start + 22..start + 26].fill(0);
            let sum = checksum(&bytes[*start..end]);
            bytes[start + 22..start + 26].copy_from_slice(&sum.to_le_bytes());
        }
    }

    fn checksum(page: &[u8]) -> u32 {
        page.iter().fold(0, |sum, byte| {
            (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| {
                (sum << 1) ^ (if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 })
            })
        })
    }

    #[test]
    fn repairing_a_sound_file_changes_nothing() {
        let note = clip("03-cancelar");
        let mut repaired = note.clone();
        repair(&mut repaired);
        assert!(note == repaired);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_bytes_are_too_strange(
            spots in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..24),
            cut in any::<prop::sample::Index>(),
            shorten in any::<bool>(),
            mend in any::<bool>(),
        ) {
            let mut bytes = clip("03-cancelar");
            for (spot, byte) in spots {
                let at = spot.index(bytes.len());
                bytes[at] = byte;
            }
            if shorten {
                bytes.truncate(cut.index(bytes.len()));
            }
            if mend {
                repair(&mut bytes);
            }
            if let Ok(Clip::Sound(sound)) = decode(&bytes, LONGEST) {
                prop_assert!(sound.length() <= LONGEST);
                prop_assert!(sound.samples.iter().all(|sample| sample.abs() <= 1.0));
            }
        }

        #[test]
        fn no_noise_is_a_voice_note(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(decode(&bytes, LONGEST).is_err());
            bytes.splice(0..0, *b"OggS");
            prop_assert!(decode(&bytes, LONGEST).is_err());
        }
    }
}
