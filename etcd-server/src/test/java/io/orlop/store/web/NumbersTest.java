package io.orlop.store.web;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import org.junit.jupiter.api.Test;

class NumbersTest {
    private static final String MANY = "9".repeat(1_000_000);

    private static void check(String json) throws InvalidProtocolBufferException {
        Descriptor type = TxnRequest.getDescriptor();
        Numbers.check(JsonParser.parseString(json), type);
    }

    @Test
    void refusesNumbersOfAMillionDigitsWhereverTheyStand() {
        for (String number : new String[] {MANY, '"' + MANY + '"'}) {
            assertThatThrownBy(() -> check("{\"success\":[{\"requestPut\":{\"lease\":" + number + "}}]}"))
                    .hasMessageContaining("lease");
            assertThatThrownBy(() -> check("{\"success\":[{\"request_range\":{\"sort_order\":" + number + "}}]}"))
                    .hasMessageContaining("sort_order");
            assertThatThrownBy(() -> check("{\"compare\":[{\"mod_revision\":[" + number + "]}]}"))
                    .hasMessageContaining("mod_revision");
        }
    }

    @Test
    void leavesTextsAndKeysAsTheyAre() {
        assertThatCode(() -> check("{\"success\":[{\"requestPut\":{\"value\":\"" + MANY
                        + "\",\"lease\":\"-9223372036854775808\"}}],\"unknown\":" + MANY + "}"))
                .doesNotThrowAnyException();
    }
}
