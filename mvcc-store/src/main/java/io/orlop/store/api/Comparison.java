package io.orlop.store.api;

/// A condition of a transaction. Over a range it must hold for every key that exists there.
public record Comparison(KeyRange keys, Relation relation, Operand operand) {
    public enum Relation {
        EQUAL,
        GREATER,
        LESS,
        NOT_EQUAL;

        public boolean holds(int sign) {
            return switch (this) {
                case EQUAL -> sign == 0;
                case GREATER -> sign > 0;
                case LESS -> sign < 0;
                case NOT_EQUAL -> sign != 0;
            };
        }
    }

    /// What is compared, and with what. A key that does not exist has 0 for every number, and no value at all.
    public sealed interface Operand {
        record Version(long version) implements Operand {}

        record Create(long revision) implements Operand {}

        record Mod(long revision) implements Operand {}

        record Lease(long lease) implements Operand {}

        record Value(Octets value) implements Operand {}
    }

    public static Comparison mod(Octets key, Relation relation, long revision) {
        return new Comparison(KeyRange.single(key), relation, new Operand.Mod(revision));
    }

    public static Comparison create(Octets key, Relation relation, long revision) {
        return new Comparison(KeyRange.single(key), relation, new Operand.Create(revision));
    }

    public static Comparison version(Octets key, Relation relation, long version) {
        return new Comparison(KeyRange.single(key), relation, new Operand.Version(version));
    }

    public static Comparison value(Octets key, Relation relation, Octets value) {
        return new Comparison(KeyRange.single(key), relation, new Operand.Value(value));
    }
}
