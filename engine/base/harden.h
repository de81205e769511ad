#pragma once

/* Keeps what the process has in its memory away from others: no core dump of it is written, not
 * even through a handler as systemd-coredump, and no other process of the same user can attach to
 * it or read its memory. Programs that it starts leave no core dumps either, unless they ask for
 * them. At the start of the process. Best effort: a kernel that refuses makes nothing worse. */
void harden_process(void);
