/// What travels over NVMe/TCP and what it means: PDUs, commands and answers, the pages by which a controller introduces
/// itself.
@NullMarked
package io.orlop.dataplane.nvme.wire;

import org.jspecify.annotations.NullMarked;
