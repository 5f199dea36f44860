/// A keyspace in memory, for tests and simulation: one [LocalStore][io.orlop.control.keyspace.local.LocalStore], a
/// [LocalKeyspace][io.orlop.control.keyspace.local.LocalKeyspace] for each client, and what may go wrong between them.
@NullMarked
package io.orlop.control.keyspace.local;

import org.jspecify.annotations.NullMarked;
