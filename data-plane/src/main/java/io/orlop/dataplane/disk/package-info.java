/// What pools are laid on: files, block devices, memory, and a disk that forgets what was not synced.
@NullMarked
package io.orlop.dataplane.disk;

import org.jspecify.annotations.NullMarked;
