package io.orlop.benchmarks.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// How a process of the benchmark is told what to do: an order is a line on its input, the answer a line on its output.
/// It ends with its input, so that none is left over. What else it says goes to its error output.
final class Orders {
    static final String MARK = "= ";

    interface Work {
        String answer(String order) throws Exception;
    }

    private final PrintStream out;

    /// From now on, whatever is printed is no answer.
    Orders() {
        this.out = System.out;
        System.setOut(System.err);
    }

    void answer(String text) {
        out.println(MARK + text);
        out.flush();
    }

    void serve(Work work) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = in.readLine(); order != null; order = in.readLine()) {
            try {
                answer(work.answer(order));
            } catch (Exception failure) {
                failure.printStackTrace();
                answer("failed: " + failure);
            }
        }
    }
}
