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
}
