package io.orlop.benchmarks.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// How a process of the benchmark is told what to do: an order is a line on its input, the answer a line on its output.
/// It ends with its input, so that none is left over. What else it says goes to its error output.
public final class Orders {
    static final String MARK = "= ";

    public interface Work {
        String answer(String order) throws Exception;
    }

    private final PrintStream out;

    /// From now on, whatever is printed is no answer.
    public Orders() {
        this.out = System.out;
        System.setOut(System.err);
    }

    public void answer(String text) {
        out.println(MARK + text);
        out.flush();
    }

    public void serve(Work work) throws IOException {
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
