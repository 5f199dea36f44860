/// The commands of a namespace, apart from how they come: what they ask for, and what they do to its blocks.
@NullMarked
package io.orlop.dataplane.nvme.namespace;

import org.jspecify.annotations.NullMarked;
