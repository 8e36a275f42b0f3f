//! What the server writes to standard error.

use std::io::IsTerminal;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{Log, LogFormat};

/// Why logging cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The filter cannot be read; settings that were loaded never give this.
    #[error("log.level cannot be read: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody set it up before.
    #[error("logging is already set up")]
    Twice(#[from] tracing::subscriber::SetGlobalDefaultError),
}

/// Sets logging up for the process, to standard error. Once; main does it.
///
/// # Errors
/// [`LoggingError`].
pub fn init(settings: &Log) -> Result<(), LoggingError> {
    let colours = std::io::stderr().is_terminal();
    let subscriber = subscriber(settings, std::io::stderr, colours)?;
    Ok(tracing::subscriber::set_global_default(subscriber)?)
}

/// What writes log lines as `settings` say, to `writer`.
fn subscriber<W>(
    settings: &Log,
    writer: W,
    colours: bool,
) -> Result<Box<dyn Subscriber + Send + Sync>, LoggingError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(settings.level.as_str())?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    Ok(match settings.format {
        LogFormat::Text => Box::new(lines.with_ansi(colours).finish()),
        LogFormat::Json => Box::new(lines.json().flatten_event(true).with_span_list(false).finish()),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::config::Settings;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(level: &str, format: &str) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        let environment = [("COUNTERSIGN_LOG__LEVEL", level), ("COUNTERSIGN_LOG__FORMAT", format)];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings = Settings::load(file.path(), environment).unwrap();
        let lines = Lines::default();
        let into = lines.clone();
        let subscriber = subscriber(&settings.log, move || into.clone(), false).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("request", id = "r-1");
            let _entered = span.enter();
            tracing::info!(tenant = "acme", "started");
            tracing::debug!("hidden");
        });
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn text_is_a_line_with_its_fields_and_without_colours() {
        let text = written("info", "text");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(
            text.contains("INFO") && text.contains("started") && text.contains("tenant=\"acme\""),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn json_is_one_object_a_line() {
        let text = written("debug", "json");
        let objects: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[0]["message"], "started");
        assert_eq!(objects[0]["tenant"], "acme");
        assert_eq!(objects[0]["level"], "INFO");
        assert_eq!(objects[0]["span"]["id"], "r-1");
    }

    #[test]
    fn the_level_is_kept() {
        assert_eq!(written("warn", "text"), "");
        assert_eq!(written("warn,countersign_server=info", "text").lines().count(), 1);
    }
}
