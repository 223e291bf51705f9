"""Mutants that no test can kill because nothing that can be seen differs, each with the reason.

Key: (file or name, what was changed), as the table of run.py names them.
"""

EXPLAINED = {
    ("sent_on_a_later_link", "sent on a later link"):
        "drop_link() empties what is held back, so nothing of an older link is left to be compared",
    ("lost_with_a_link_is_not_sent_again", "lost with a link is not sent again"):
        "hello names every unanswered mutation and the welcome answers each: the loop is the second net, for queues of other versions",
    ("lost_before_a_poll_is_not_sent_again", "lost before a poll is not sent again"):
        "a poll carries every mutation that counts as sent, known or not; only the word beside the edit would differ for a moment",
    ("server/engine/link_opening.cpp", "the call is dropped: bulk_.clear();"):
        "leaving the former store emptied it, and nothing is put in before the reader follows",
    ("server/engine/hub.cpp", "!= becomes ==: if (tick_timer_ != 0)"):
        "the timer looks whether the hub is still there and does nothing when it is not",
    ("core/sync/merge_ops.cpp", "> becomes >=: if (b > 0 ? a > Limits::max() - b : a < Limits::min() - b)"):
        "zero is added on either side of the comparison: no number is above the highest, none below the lowest",
    ("core/sync/replica.cpp", "> becomes >=: } else if (touched_count_ > kScanned) {"):
        "one record more stands in a set that is not asked yet",
    ("core/view/page.cpp", "the branch is never taken: if (first >= index.size())"):
        "collecting from behind the end finds nothing either",
    ("core/view/ordered_index.cpp", ">= becomes >: if (field >= a.values.size() || field >= b.values.size())"):
        "a record has a value for every field of its collection: reading refuses others",
    ("core/view/counted_list.cpp",
     "the branch is always taken: if (text.size() > kHeadBytes || text.find('\\0') != std::string::npos) {"):
        "the whole text decides as its head does, only slower",
    ("core/session/client_edits.cpp", "the call is dropped: follow_queue();"):
        "finish() follows the queue before anything is stored, sent or shown",
    ("core/session/frame_cache.cpp", "the branch is never taken: if (writing_)"):
        "the next write begins anew either way, from a base that is a little older with what came since behind it",
    ("core/session/client_storage.cpp", "the branch is never taken: if (kept.empty() && kept_.empty())"):
        "nothing is written instead of not being written",
    ("core/session/frame_cache.cpp", ">= becomes <: if (hurried_ || (waiting_.size() >= limits::kCacheBlobBytes && last_write_ == 0))"):
        "the first write of a tab comes a second earlier or later",
}
