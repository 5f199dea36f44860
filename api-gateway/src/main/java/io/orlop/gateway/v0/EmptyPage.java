package io.orlop.gateway.v0;

import io.orlop.model.Refusal;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/// The answer to whoever lists what is not there yet: clients go on as where there happens to be none.
@Schema(name = "EmptyPage")
record EmptyPage(List<Entry> entries) {
    @Schema(name = "NotThereYet")
    record Entry() {}

    static EmptyPage of(int most, int start) {
        if (most < 0 || start < 0) {
            throw new Refusal.Invalid(
                            "max_entries %d and starting_token %d are no page".formatted(most, start),
                            "give zero or more, and the next_token of the page before")
                    .exception();
        }
        return new EmptyPage(List.of());
    }
}
