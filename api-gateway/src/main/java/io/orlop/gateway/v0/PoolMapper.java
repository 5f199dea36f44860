package io.orlop.gateway.v0;

import io.orlop.model.Pool;
import org.mapstruct.Mapper;
import org.mapstruct.MappingConstants;

@Mapper(
        componentModel = MappingConstants.ComponentModel.SPRING,
        uses = {Scalars.class, Choices.class})
interface PoolMapper {
    PoolView pool(Pool pool);
}
