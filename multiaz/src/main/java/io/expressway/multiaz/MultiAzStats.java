package io.expressway.multiaz;

import java.util.List;

/**
 * What a set of replicas did so far, and how it stands. Immutable.
 *
 * @param reads reads that callers asked for
 * @param failovers attempts in another zone because one failed
 * @param hedgesFired attempts in another zone because one was silent for too long
 * @param hedgesWon those among them that were answered first
 * @param hedgesDenied hedges that were due and not fired: no budget, or nobody to ask
 * @param writes writes that callers asked for, uploads included
 * @param partialWrites writes among them that some replicas took and others did not
 * @param owedKeys keys that some replica is owed, as far as is known here
 * @param owedLost keys that were owed when there was no room to remember them, or the set was
 *     closed
 * @param paidKeys keys that replicas were owed and have now
 * @param zones each replica, in the order given
 */
public record MultiAzStats(
    long reads,
    long failovers,
    long hedgesFired,
    long hedgesWon,
    long hedgesDenied,
    long writes,
    long partialWrites,
    long owedKeys,
    long owedLost,
    long paidKeys,
    List<ZoneStatus> zones) {}
