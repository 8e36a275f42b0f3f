//! What a row is read into, whichever database it comes from.

use rusqlite::types::FromSql;
use sqlx::FromRow;
use sqlx::postgres::PgRow;

/// What a row of either database can be read into: tuples, and structs made by [`record!`].
pub trait Record: for<'r> FromRow<'r, PgRow> + FromSqlite + Send + Unpin {}

impl<R> Record for R where R: for<'r> FromRow<'r, PgRow> + FromSqlite + Send + Unpin {}

/// What a row of SQLite can be read into.
pub trait FromSqlite: Sized {
    /// Reads the row.
    ///
    /// # Errors
    /// If a column is missing or of another type.
    fn from_sqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self>;
}

/// Makes a struct a [`Record`], whose columns are called as its fields are. The last fields may be other
/// records, of further columns of the row.
macro_rules! record {
    (
        $vis:vis struct $name:ident {
            $($field:ident: $type:ty,)*
            $(#[record] $inner:ident: $record:ty,)*
        }
    ) => {
        #[derive(sqlx::FromRow)]
        $vis struct $name {
            $($field: $type,)*
            $(#[sqlx(flatten)] $inner: $record,)*
        }

        impl $crate::store::record::FromSqlite for $name {
            fn from_sqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
                Ok(Self {
                    $($field: row.get(stringify!($field))?,)*
                    $($inner: <$record as $crate::store::record::FromSqlite>::from_sqlite(row)?,)*
                })
            }
        }
    };
}
pub(super) use record;

macro_rules! tuple {
    ($($type:ident $index:literal),+) => {
        impl<$($type: FromSql),+> FromSqlite for ($($type,)+) {
            fn from_sqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
                Ok(($(row.get::<_, $type>($index)?,)+))
            }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
