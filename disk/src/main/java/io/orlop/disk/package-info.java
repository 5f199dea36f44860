/// Bytes that survive, so small an interface that a test can put a disk there which forgets what was not synced.
@NullMarked
package io.orlop.disk;

import org.jspecify.annotations.NullMarked;
