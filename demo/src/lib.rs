//! Countersign on one desk: a phone made of software, and what it takes to try everything out.

pub mod browser;
pub mod check;
pub mod desk;
pub mod house;
pub mod inbox;
pub mod people;
pub mod phone_page;
pub mod push_service;
