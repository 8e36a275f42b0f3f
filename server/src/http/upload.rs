//! Forms with a file (`multipart/form-data`, RFC 7578): taken from the tenant's own pages alone, as other forms are.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{FromRequest, Multipart, Request};

use super::HttpState;
use super::failure::Failure;
use super::form::sent_by_own_page;
use super::visitor::Visitor;
use crate::web::ErrorKind;

/// A form of the tenant's own pages, with files.
pub(super) struct Upload {
    visitor: Visitor,
    fields: BTreeMap<String, Vec<u8>>,
    fresh: bool,
}

/// What a form with files says, by the names of its fields.
pub(super) struct Fields(BTreeMap<String, Vec<u8>>);

impl Upload {
    /// Visitor and fields, of a fresh form.
    pub(super) fn fresh(self) -> Result<(Visitor, Fields), Failure> {
        if self.fresh {
            Ok((self.visitor, Fields(self.fields)))
        } else {
            Err(Failure(ErrorKind::FormExpired))
        }
    }
}

impl Fields {
    /// A field that was typed.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// A file, if one was chosen.
    pub(super) fn file(&mut self, name: &str) -> Option<Vec<u8>> {
        self.0.remove(name).filter(|bytes| !bytes.is_empty())
    }
}

impl FromRequest<Arc<HttpState>> for Upload {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &Arc<HttpState>) -> Result<Self, Failure> {
        let (visitor, request) = sent_by_own_page(request, state).await?;
        let malformed = |_| Failure(ErrorKind::FormExpired);
        let mut form =
            Multipart::from_request(request, state).await.map_err(|_| Failure(ErrorKind::FormExpired))?;
        let mut fields = BTreeMap::new();
        while let Some(field) = form.next_field().await.map_err(malformed)? {
            let name = field.name().unwrap_or_default().to_owned();
            fields.insert(name, field.bytes().await.map_err(malformed)?.to_vec());
        }
        let csrf = fields.get("csrf").and_then(|bytes| std::str::from_utf8(bytes).ok());
        let fresh = csrf.is_some_and(|typed| visitor.owns_form(typed));
        Ok(Self { visitor, fields, fresh })
    }
}
