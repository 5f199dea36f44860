package io.orlop.store.api;

/// Inclusive bounds on the revisions of the keys a range returns; 0 switches a bound off.
public record RevisionBounds(long modMin, long modMax, long createMin, long createMax) {
    public static final RevisionBounds NONE = new RevisionBounds(0, 0, 0, 0);

    public boolean none() {
        return modMin == 0 && modMax == 0 && createMin == 0 && createMax == 0;
    }

    public boolean admit(long mod, long create) {
        return (modMin == 0 || mod >= modMin)
                && (modMax == 0 || mod <= modMax)
                && (createMin == 0 || create >= createMin)
                && (createMax == 0 || create <= createMax);
    }
}
