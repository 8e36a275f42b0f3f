//! Several futures at once. A phone has a handful of accounts: `join_all` would bring a scheduler for thousands.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, MaybeDone, maybe_done};

/// Awaits all of them; what they gave, in their order.
pub(crate) async fn together<T>(futures: impl IntoIterator<Item = BoxFuture<'_, T>>) -> Vec<T> {
    let mut waiting: Vec<MaybeDone<_>> = futures.into_iter().map(maybe_done).collect();
    poll_fn(|context| {
        let mut done = true;
        for each in &mut waiting {
            done &= each.poll_unpin(context).is_ready();
        }
        if done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    waiting.iter_mut().filter_map(|each| Pin::new(each).take_output()).collect()
}

#[cfg(test)]
mod tests {
    use futures_util::future::poll_immediate;
    use futures_util::lock::Mutex;

    use super::*;

    #[test]
    fn the_order_is_that_of_the_asking_and_none_waits_for_another() {
        let (first, second) = (Mutex::new(1), Mutex::new(2));
        let (holds_first, holds_second) = (first.try_lock(), second.try_lock());
        let read = |number| async move { *Mutex::lock(number).await }.boxed();
        let mut all = Box::pin(together([read(&first), read(&second)]));
        assert_eq!(poll_immediate(&mut all).now_or_never(), Some(None));
        drop(holds_second);
        assert_eq!(poll_immediate(&mut all).now_or_never(), Some(None));
        assert!(second.try_lock().is_some(), "the second has been and gone");
        drop(holds_first);
        assert_eq!(all.now_or_never(), Some(vec![1, 2]));
        assert_eq!(together(Vec::<BoxFuture<'_, ()>>::new()).now_or_never(), Some(vec![]));
    }
}
