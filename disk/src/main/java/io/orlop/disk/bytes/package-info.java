/// Numbers and bytes of records, little end first, and their checksums.
@NullMarked
package io.orlop.disk.bytes;

import org.jspecify.annotations.NullMarked;
