//! Properties: whatever comes in, nothing panics, nothing altered passes, everything returns as it was.

mod altered;
mod junk;
mod make;
mod round_trips;
